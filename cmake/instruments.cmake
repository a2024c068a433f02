# Sanitizers and coverage must be the same for every object of the build, so they are set for the
# directory and not for a target.
if(GIBBS_BUILD_FUZZ)
  if(NOT GIBBS_SANITIZE)
    set(GIBBS_SANITIZE address,undefined)
  endif()
  add_compile_options(-fsanitize=fuzzer-no-link)  # so that the fuzzer sees the library's branches
  add_link_options(-fsanitize=fuzzer-no-link)
endif()

if(GIBBS_SANITIZE)
  add_compile_options(-fsanitize=${GIBBS_SANITIZE} -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${GIBBS_SANITIZE})
  if(GIBBS_SANITIZE MATCHES undefined)
    # Without this the undefined behaviour is printed and the test still passes.
    add_compile_options(-fno-sanitize-recover=all)
  endif()
endif()

if(GIBBS_COVERAGE)
  if(CMAKE_CXX_COMPILER_ID MATCHES Clang)
    add_compile_options(-fprofile-instr-generate -fcoverage-mapping)
    add_link_options(-fprofile-instr-generate -fcoverage-mapping)
  else()
    add_compile_options(--coverage)
    add_link_options(--coverage)
  endif()
endif()
