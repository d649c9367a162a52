#include "outcome.hpp"

#include <curfew/error.hpp>

#include <utility>

namespace curfew::redis::detail {

outcome outcome::ended_by(curfew::cause why)
{
    outcome ended;
    ended.error = make_error_code(error_of(why.kind()));
    ended.why   = std::move(why);
    return ended;
}

outcome outcome::failed(error_code code, std::string what)
{
    outcome ended;
    ended.error = code;
    ended.what  = std::move(what);
    return ended;
}

void outcome::raise() const
{
    if (why) throw context_error(why);
    throw redis::error(error, what);
}

}  // namespace curfew::redis::detail
