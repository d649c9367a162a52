# Installs the libraries and their headers, with what find_package(curfew) needs.
include(CMakePackageConfigHelpers)
include(GNUInstallDirs)

set(package_dir "${CMAKE_INSTALL_LIBDIR}/cmake/curfew")
# curfew_export(COMPONENT target...): installs libraries as a component of find_package(curfew). Who does not ask for it
# needs none of the packages that it is made of.
function(curfew_export component)
    install(TARGETS ${ARGN} EXPORT curfew-${component}-targets)
    install(EXPORT curfew-${component}-targets NAMESPACE curfew:: DESTINATION "${package_dir}")
    get_property(packages GLOBAL PROPERTY CURFEW_COMPONENT_${component}_PACKAGES)
    list(TRANSFORM packages REPLACE "(.+)" "find_dependency(\\1)\n")
    list(JOIN packages "" text)
    file(CONFIGURE OUTPUT "${CMAKE_CURRENT_BINARY_DIR}/curfew-${component}-dependencies.cmake" CONTENT "${text}")
    install(FILES "${CMAKE_CURRENT_BINARY_DIR}/curfew-${component}-dependencies.cmake" DESTINATION "${package_dir}")
endfunction()

get_property(modules GLOBAL PROPERTY CURFEW_MODULES)
foreach(module IN LISTS modules)
    get_property(include_dir GLOBAL PROPERTY CURFEW_MODULE_${module}_INCLUDE)
    install(DIRECTORY "${include_dir}/" TYPE INCLUDE FILES_MATCHING PATTERN "*.hpp")
    get_property(component GLOBAL PROPERTY CURFEW_MODULE_${module}_COMPONENT)
    if(component)
        curfew_export(${component} curfew_${module})
    else()
        install(TARGETS curfew_${module} EXPORT curfew-targets)
    endif()
endforeach()
install(EXPORT curfew-targets NAMESPACE curfew:: DESTINATION "${package_dir}")

if(TARGET curfew_testing)
    install(DIRECTORY "${PROJECT_SOURCE_DIR}/tests/support/include/" TYPE INCLUDE FILES_MATCHING PATTERN "*.hpp")
    set_property(GLOBAL PROPERTY CURFEW_COMPONENT_testing_PACKAGES GTest)
    curfew_export(testing curfew_testing_context curfew_testing)
endif()

configure_package_config_file("${PROJECT_SOURCE_DIR}/cmake/curfew-config.cmake.in" curfew-config.cmake
    INSTALL_DESTINATION "${package_dir}"
    NO_SET_AND_CHECK_MACRO)
write_basic_package_version_file(curfew-config-version.cmake COMPATIBILITY SameMinorVersion)
install(FILES
    "${PROJECT_SOURCE_DIR}/cmake/FindHiredis.cmake"
    "${CMAKE_CURRENT_BINARY_DIR}/curfew-config.cmake"
    "${CMAKE_CURRENT_BINARY_DIR}/curfew-config-version.cmake"
    DESTINATION "${package_dir}")
install(FILES "${PROJECT_SOURCE_DIR}/LICENSE" DESTINATION "${CMAKE_INSTALL_DOCDIR}")
