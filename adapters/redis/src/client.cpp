#include <curfew/adapters/redis.hpp>

#include "client_core.hpp"
#include "command_format.hpp"
#include "request.hpp"
#include "station.hpp"

#include <curfew/detail/child_scope.hpp>
#include <curfew/detail/lease.hpp>

#include <boost/asio/this_coro.hpp>

#include <optional>
#include <stdexcept>
#include <utility>

namespace curfew::redis {

namespace detail {

namespace {

outcome closed(const client_core& client, const std::string& name)
{
    return outcome::failed(errc::closed, "redis " + client.address() + ": the client is closed: " + name);
}

/// Sends one request and waits for its replies.
task<outcome> exchange(context_here ctx, std::shared_ptr<station> at, request::connection which, std::string name,
                       std::string bytes, std::size_t commands)
{
    using namespace boost::asio;
    const bool throws = co_await this_coro::throw_if_cancelled();
    co_await this_coro::throw_if_cancelled(false);  // what is under way must be given up in order

    const auto one = std::make_shared<request>(curfew::detail::scope_context(ctx, "redis command"),
                                               co_await this_coro::executor, std::move(at), which, std::move(name),
                                               std::move(bytes), commands);
    co_await one->wait();

    co_await this_coro::throw_if_cancelled(throws);
    co_return std::move(one->reached());
}

/// The same on a connection that nobody else uses.
task<outcome> exchange_alone(context_here ctx, std::shared_ptr<client_core> client, std::shared_ptr<station> at,
                             std::string name, std::string bytes)
{
    using enum curfew::detail::slot_refusal;
    const auto slot = co_await at->slots().acquire(ctx);
    if (slot.refusal() == canceled) co_return outcome::ended_by(slot.cause());
    if (slot.refusal() == closed) co_return detail::closed(*client, name);
    if (slot.refusal() == crowded)
        co_return outcome::failed(errc::too_many_waiting, "redis " + client->address() + ": " +
                                                              std::to_string(at->slots().waiting()) +
                                                              " blocking commands wait for a connection already: " + name);

    std::optional<curfew::detail::lease> record;
    if (auto& on = ctx.ctx.life().loop(); on.here())
        record.emplace(on, curfew::detail::lease::kind_type::pool_item, "redis connection", ctx.where);
    co_return co_await exchange(std::move(ctx), at, request::connection::own, std::move(name), std::move(bytes), 1);
}

task<outcome> one_command(context_here ctx, std::shared_ptr<client_core> client, std::vector<std::string> words)
{
    const auto kind = kind_of(words);
    if (kind == command_kind::unshared)
        throw std::invalid_argument("redis: " + words.front() + " would change the connection for others");
    if (ctx.ctx.done()) co_return outcome::ended_by(ctx.ctx.cause());
    const auto at = client->station_of(ctx.ctx.life().loop());
    if (!at) co_return closed(*client, words.front());
    std::string bytes;
    append_command(bytes, words);

    outcome ended;
    if (kind == command_kind::blocking)
        ended = co_await exchange_alone(std::move(ctx), client, at, words.front(), std::move(bytes));
    else
        ended = co_await exchange(std::move(ctx), at, request::connection::shared, words.front(), std::move(bytes), 1);
    if (!ended.error && ended.replies.front().is_error())
        co_return outcome::failed(errc::server, "redis " + client->address() + ": " + words.front() + ": " +
                                                    ended.replies.front().text());
    co_return ended;
}

void check(const std::vector<std::string>& words)
{
    if (words.empty()) throw std::invalid_argument("redis: a command without a name");
    if (kind_of(words) != command_kind::plain)
        throw std::invalid_argument("redis: " + words.front() + " cannot be in a pipeline");
}

task<outcome> several(context_here ctx, std::shared_ptr<client_core> client, std::string name, std::string bytes,
                      std::size_t commands)
{
    if (ctx.ctx.done()) co_return outcome::ended_by(ctx.ctx.cause());
    const auto at = client->station_of(ctx.ctx.life().loop());
    if (!at) co_return closed(*client, name);
    co_return co_await exchange(std::move(ctx), at, request::connection::shared, std::move(name), std::move(bytes), commands);
}

/// What EXEC gave, or why there is nothing.
outcome executed(outcome ended, const client_core& client)
{
    if (ended.error) return ended;
    auto last = std::move(ended.replies.back());
    if (last.is_error()) {
        // The error that made the server refuse is in front of the one that says so.
        const auto* cause = &last;
        for (const auto& each : ended.replies)
            if (each.is_error()) {
                cause = &each;
                break;
            }
        return outcome::failed(errc::server, "redis " + client.address() + ": transaction: " + cause->text());
    }
    ended.replies = last.elements();
    return ended;
}

}  // namespace

}  // namespace detail

client::client(options settings) : core_(std::make_shared<detail::client_core>(std::move(settings))) {}

client::~client()
{
    core_->close();
}

task<reply> client::send(context_here ctx, std::vector<std::string> words)
{
    auto ended = co_await detail::one_command(std::move(ctx), core_, std::move(words));
    if (ended.error) ended.raise();
    co_return std::move(ended.replies.front());
}

task<std::tuple<error_code, reply>> client::send_nothrow(context_here ctx, std::vector<std::string> words)
{
    auto  ended = co_await detail::one_command(std::move(ctx), core_, std::move(words));
    reply one;
    if (!ended.error) one = std::move(ended.replies.front());
    co_return std::tuple<error_code, reply>(ended.error, std::move(one));
}

task<std::vector<reply>> client::run(context_here ctx, pipeline commands)
{
    std::string bytes;
    for (const auto& each : commands.commands()) {
        detail::check(each);
        detail::append_command(bytes, each);
    }
    if (commands.empty()) co_return std::vector<reply>();
    auto ended = co_await detail::several(std::move(ctx), core_, "pipeline", std::move(bytes), commands.size());
    if (ended.error) ended.raise();
    co_return std::move(ended.replies);
}

task<std::vector<reply>> client::transact(context_here ctx, pipeline commands)
{
    const auto                     core = core_;
    std::string                    bytes;
    const std::vector<std::string> begin(1, "MULTI"), end(1, "EXEC");
    detail::append_command(bytes, begin);
    for (const auto& each : commands.commands()) {
        detail::check(each);
        detail::append_command(bytes, each);
    }
    detail::append_command(bytes, end);
    if (commands.empty()) co_return std::vector<reply>();
    auto answered = co_await detail::several(std::move(ctx), core, "transaction", std::move(bytes), commands.size() + 2);
    auto ended    = detail::executed(std::move(answered), *core);
    if (ended.error) ended.raise();
    co_return std::move(ended.replies);
}

}  // namespace curfew::redis
