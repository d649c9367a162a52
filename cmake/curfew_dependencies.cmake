# Every package the build uses, in one place. Which Debian package holds what: cmake/packages.txt.

find_package(Threads REQUIRED)
find_package(Boost 1.81 CONFIG REQUIRED COMPONENTS url)
find_package(fmt REQUIRED)
find_package(spdlog REQUIRED)
find_package(nlohmann_json 3.10 REQUIRED)
find_package(OpenSSL 3.0 REQUIRED)

if(CURFEW_BUILD_DEMO)
    find_package(CLI11 REQUIRED)
    find_package(tomlplusplus REQUIRED)
endif()

# curfew::testing uses GoogleTest; a consumer who has none does without it.
if(CURFEW_BUILD_TESTS)
    find_package(GTest REQUIRED)
    find_package(Python3 REQUIRED COMPONENTS Interpreter)
else()
    find_package(GTest QUIET)
endif()

# What the adapters wrap.
curfew_find_adapter(process)
curfew_find_adapter(redis Hiredis)
curfew_find_adapter(sqlite SQLite3)
