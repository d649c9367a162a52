// JSON from other services. Opt-in, as it includes all of nlohmann_json.
#pragma once

#include <curfew/client.hpp>
#include <curfew/client_response.hpp>

#include <nlohmann/json.hpp>
