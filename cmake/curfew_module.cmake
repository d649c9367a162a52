# curfew_module(NAME [PUBLIC target...] [PRIVATE target...])
#
# Defines the static library curfew_NAME (alias curfew::NAME) from src/*.cpp of the calling folder. Its headers are found
# through its own include folder and through those of the targets it names, so an include of any other module fails.
function(curfew_module name)
    cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "PUBLIC;PRIVATE")

    file(GLOB_RECURSE sources CONFIGURE_DEPENDS src/*.cpp)
    if(NOT sources)
        set(sources "${CMAKE_CURRENT_BINARY_DIR}/empty.cpp")
        file(CONFIGURE OUTPUT "${sources}" CONTENT "")
    endif()

    add_library(curfew_${name} STATIC ${sources})
    add_library(curfew::${name} ALIAS curfew_${name})
    set_target_properties(curfew_${name} PROPERTIES EXPORT_NAME ${name} POSITION_INDEPENDENT_CODE ON)
    target_include_directories(curfew_${name}
        PUBLIC $<BUILD_INTERFACE:${CMAKE_CURRENT_SOURCE_DIR}/include> $<INSTALL_INTERFACE:include>)
    target_link_libraries(curfew_${name} PUBLIC ${arg_PUBLIC} PRIVATE ${arg_PRIVATE})
    curfew_compile_options(curfew_${name})
    set_property(GLOBAL APPEND PROPERTY CURFEW_MODULES ${name})
    set_property(GLOBAL PROPERTY CURFEW_MODULE_${name}_INCLUDE "${CMAKE_CURRENT_SOURCE_DIR}/include")
endfunction()
