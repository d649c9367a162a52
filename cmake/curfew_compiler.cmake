# What every target of this project is compiled with. Consumers are only told the language standard (see curfew_module).

if(PROJECT_IS_TOP_LEVEL)
    if(NOT CMAKE_BUILD_TYPE AND NOT CMAKE_CONFIGURATION_TYPES)
        set(CMAKE_BUILD_TYPE Release CACHE STRING "Debug, Release or RelWithDebInfo" FORCE)
    endif()
    set(CMAKE_RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/bin")
    set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

    find_program(CURFEW_CCACHE ccache)
    mark_as_advanced(CURFEW_CCACHE)
    if(CURFEW_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
        # Without this sloppiness ccache refuses to look inside a precompiled header.
        set(CMAKE_CXX_COMPILER_LAUNCHER "${CMAKE_COMMAND}" -E env
            CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime "${CURFEW_CCACHE}")
    endif()
endif()

function(curfew_compile_options target)
    target_compile_features(${target} PUBLIC cxx_std_20)
    set_target_properties(${target} PROPERTIES CXX_EXTENSIONS OFF)
    target_compile_options(${target} PRIVATE -Wall -Wextra -Wpedantic -Wshadow -Wconversion $<$<BOOL:${CURFEW_WERROR}>:-Werror>)
    if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
        # False alarms of g++ 12 about coroutine frames and inlined std::string.
        target_compile_options(${target} PRIVATE -Wno-maybe-uninitialized -Wno-restrict
            $<$<BOOL:${CURFEW_WERROR}>:-Wno-error=array-bounds> $<$<BOOL:${CURFEW_WERROR}>:-Wno-error=stringop-overflow>)
        if(CMAKE_CXX_FLAGS MATCHES "-fsanitize=thread")
            target_compile_options(${target} PRIVATE -Wno-tsan)
        endif()
    endif()
endfunction()
