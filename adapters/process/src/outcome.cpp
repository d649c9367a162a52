#include "outcome.hpp"

#include <utility>

namespace curfew::process::detail {

namespace {

/// `system_error` puts the code's message behind what it is given; taken off here, as it comes back when it is thrown again.
std::string without_message(const boost::system::system_error& thrown)
{
    const std::string what = thrown.what();
    const auto        at   = what.rfind(": " + thrown.code().message());
    return what.substr(0, at);
}

}  // namespace

outcome outcome::done(result value)
{
    outcome ended;
    ended.value = std::move(value);
    return ended;
}

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

outcome outcome::failed(const boost::system::system_error& thrown)
{
    return failed(thrown.code(), without_message(thrown));
}

void outcome::raise() const
{
    if (why) throw context_error(why);
    throw boost::system::system_error(error, what);
}

}  // namespace curfew::process::detail
