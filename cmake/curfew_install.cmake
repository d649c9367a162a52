# Installs the libraries and their headers, with what find_package(curfew) needs.
include(CMakePackageConfigHelpers)
include(GNUInstallDirs)

set(package_dir "${CMAKE_INSTALL_LIBDIR}/cmake/curfew")
get_property(modules GLOBAL PROPERTY CURFEW_MODULES)
foreach(module IN LISTS modules)
    get_property(include_dir GLOBAL PROPERTY CURFEW_MODULE_${module}_INCLUDE)
    install(DIRECTORY "${include_dir}/" TYPE INCLUDE FILES_MATCHING PATTERN "*.hpp")
    install(TARGETS curfew_${module} EXPORT curfew-targets)
endforeach()
install(EXPORT curfew-targets NAMESPACE curfew:: DESTINATION "${package_dir}")

# A component of its own: who does not ask for it needs no GoogleTest.
if(TARGET curfew_testing)
    install(DIRECTORY "${PROJECT_SOURCE_DIR}/tests/support/include/" TYPE INCLUDE FILES_MATCHING PATTERN "*.hpp")
    install(TARGETS curfew_testing_context curfew_testing EXPORT curfew-testing-targets)
    install(EXPORT curfew-testing-targets NAMESPACE curfew:: DESTINATION "${package_dir}")
endif()

configure_package_config_file("${PROJECT_SOURCE_DIR}/cmake/curfew-config.cmake.in" curfew-config.cmake
    INSTALL_DESTINATION "${package_dir}"
    NO_SET_AND_CHECK_MACRO)
write_basic_package_version_file(curfew-config-version.cmake COMPATIBILITY SameMinorVersion)
install(FILES
    "${CMAKE_CURRENT_BINARY_DIR}/curfew-config.cmake"
    "${CMAKE_CURRENT_BINARY_DIR}/curfew-config-version.cmake"
    DESTINATION "${package_dir}")
install(FILES "${PROJECT_SOURCE_DIR}/LICENSE" DESTINATION "${CMAKE_INSTALL_DOCDIR}")
