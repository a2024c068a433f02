# Installs libgibbs, its headers, and what find_package(gibbs) needs.
include(CMakePackageConfigHelpers)

set(gibbs_package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/gibbs)
install(TARGETS gibbs gibbs_headers EXPORT gibbs-targets)
install(DIRECTORY ${PROJECT_SOURCE_DIR}/include/gibbs DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}
  FILES_MATCHING PATTERN "*.hpp")
install(EXPORT gibbs-targets NAMESPACE gibbs:: DESTINATION ${gibbs_package_dir})

configure_package_config_file(${PROJECT_SOURCE_DIR}/cmake/gibbs-config.cmake.in
  ${PROJECT_BINARY_DIR}/gibbs-config.cmake INSTALL_DESTINATION ${gibbs_package_dir})
# 0.x promises nothing between minor versions.
write_basic_package_version_file(${PROJECT_BINARY_DIR}/gibbs-config-version.cmake
  COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/gibbs-config.cmake
  ${PROJECT_BINARY_DIR}/gibbs-config-version.cmake DESTINATION ${gibbs_package_dir})
