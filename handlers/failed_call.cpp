#include "failed_call.hpp"

#include <curfew/log.hpp>

namespace demo {

curfew::http_error failed_call(const curfew::context& ctx, const std::string& what, const curfew::client_error& error)
{
    curfew::log(ctx).warn("{}: {}", what, error.what());
    const bool late = error.code() == boost::system::errc::timed_out;
    return {late ? curfew::status::gateway_timeout : curfew::status::bad_gateway,
            what + ": " + std::string(curfew::to_string(error.phase())) + ": " + error.code().message()};
}

}  // namespace demo
