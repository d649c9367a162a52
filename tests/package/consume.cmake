# Builds and runs the consumer project in the folder HOW, against an installed curfew or against its sources.
function(run)
    execute_process(COMMAND ${ARGN} COMMAND_ECHO STDOUT COMMAND_ERROR_IS_FATAL ANY)
endfunction()

set(source "${CMAKE_CURRENT_LIST_DIR}/${HOW}")
set(build "${CURFEW_BUILD}/package/${HOW}")
string(TOUPPER "${BUILD_TYPE}" upper)
set(options
    -G "${GENERATOR}"
    -DCMAKE_CXX_COMPILER=${CXX}
    -DCMAKE_CXX_COMPILER_LAUNCHER=${LAUNCHER}
    -DCMAKE_BUILD_TYPE=${BUILD_TYPE}
    "-DCMAKE_CXX_FLAGS_${upper}=${FLAGS}")

if(HOW STREQUAL "find_package")
    # From nothing, so that a file which is no longer installed is missed.
    set(prefix "${CURFEW_BUILD}/package/prefix")
    file(REMOVE_RECURSE "${prefix}" "${build}")
    run("${CMAKE_COMMAND}" --install "${CURFEW_BUILD}" --prefix "${prefix}")
    list(APPEND options "-DCMAKE_PREFIX_PATH=${prefix}")
else()
    list(APPEND options "-DCURFEW_SOURCE=${CURFEW_SOURCE}")
endif()

run("${CMAKE_COMMAND}" -S "${source}" -B "${build}" ${options})
run("${CMAKE_COMMAND}" --build "${build}")

execute_process(COMMAND "${build}/consumer" OUTPUT_VARIABLE output COMMAND_ERROR_IS_FATAL ANY TIMEOUT 30)
if(NOT output MATCHES "hello, consumer\n")
    message(FATAL_ERROR "the consumer's handler answered: ${output}")
endif()
