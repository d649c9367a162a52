# Adapters: components that are built when what they wrap is there.

option(CURFEW_ADAPTERS_REQUIRED "Fail when an adapter cannot be built" OFF)

# curfew_find_adapter(NAME [package...])
#
# Looks for the packages that adapters/NAME wraps and sets CURFEW_HAS_ADAPTER_NAME. CURFEW_ADAPTER_NAME decides: AUTO
# (default) builds it when they are found, ON fails without them, OFF does not build it. A macro, so that the targets of
# the packages are known to the whole project.
macro(curfew_find_adapter name)
    string(TOUPPER "${name}" upper)
    set(CURFEW_ADAPTER_${upper} AUTO CACHE STRING "Build adapters/${name}: AUTO, ON or OFF")
    set_property(CACHE CURFEW_ADAPTER_${upper} PROPERTY STRINGS AUTO ON OFF)
    set(CURFEW_HAS_ADAPTER_${upper} ON)
    if(NOT CURFEW_ADAPTER_${upper} STREQUAL "AUTO" AND NOT CURFEW_ADAPTER_${upper})
        set(CURFEW_HAS_ADAPTER_${upper} OFF)
    endif()
    foreach(package ${ARGN})
        if(CURFEW_HAS_ADAPTER_${upper})
            find_package(${package} QUIET)
        endif()
        if(CURFEW_HAS_ADAPTER_${upper} AND NOT ${package}_FOUND)
            if(CURFEW_ADAPTERS_REQUIRED OR NOT CURFEW_ADAPTER_${upper} STREQUAL "AUTO")
                message(FATAL_ERROR "adapters/${name} needs ${package}, which was not found; "
                    "cmake/packages.txt names the package, -DCURFEW_ADAPTER_${upper}=OFF builds without")
            endif()
            message(STATUS "adapters/${name} is not built: no ${package}")
            set(CURFEW_HAS_ADAPTER_${upper} OFF)
        endif()
    endforeach()
    if(CURFEW_HAS_ADAPTER_${upper})
        set_property(GLOBAL APPEND PROPERTY CURFEW_ADAPTERS ${name})
        set_property(GLOBAL PROPERTY CURFEW_COMPONENT_adapters_${name}_PACKAGES "${ARGN}")
    endif()
endmacro()

# curfew_adapter(NAME [target...]): the library of the calling folder, curfew::adapters_NAME, and a component of the
# installed package. It knows curfew::context and, in its sources only, the targets named.
function(curfew_adapter name)
    curfew_module(adapters_${name} PUBLIC curfew::context PRIVATE ${ARGN})
    set_property(GLOBAL PROPERTY CURFEW_MODULE_adapters_${name}_COMPONENT adapters_${name})
endfunction()
