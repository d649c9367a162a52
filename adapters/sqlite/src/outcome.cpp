#include <curfew/adapters/sqlite/executes.hpp>

#include <utility>

namespace curfew::sqlite::detail {

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

outcome outcome::failed(errc code, std::string what)
{
    return failed({static_cast<int>(code), category()}, std::move(what));
}

void outcome::raise() const
{
    if (why) throw context_error(why);
    throw sqlite::error(error, what);
}

task<result> rows_or_throw(task<outcome> running)
{
    auto ended = co_await std::move(running);
    if (ended.error) ended.raise();
    co_return std::move(ended.rows);
}

task<std::tuple<error_code, result>> rows_and_code(task<outcome> running)
{
    auto ended = co_await std::move(running);
    co_return std::tuple<error_code, result>(ended.error, std::move(ended.rows));
}

}  // namespace curfew::sqlite::detail
