# gibbs_warnings: linked privately by every target of this project, never exported.
#
# clang counts -Wsign-conversion in -Wconversion, g++ does not. It is off: sizes are signed 64-bit
# numbers here, and every index into a std::vector would need a cast.
#
# -Wrestrict of g++ 12 reports "literal" + std::string wrongly (GCC bug 105651).
add_library(gibbs_warnings INTERFACE)
target_compile_options(gibbs_warnings INTERFACE
  -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wno-sign-conversion
  $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict>
  $<$<BOOL:${GIBBS_WERROR}>:-Werror>)
