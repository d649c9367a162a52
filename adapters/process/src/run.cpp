#include <curfew/adapters/process.hpp>

#include "outcome.hpp"
#include "running_child.hpp"

#include <curfew/cancel_source.hpp>
#include <curfew/task_group.hpp>

#include <boost/asio/error.hpp>
#include <boost/asio/this_coro.hpp>

#include <algorithm>
#include <array>
#include <exception>
#include <functional>
#include <optional>
#include <span>

namespace curfew::process {

namespace detail {

namespace {

namespace asio = boost::asio;

/// Takes what was read; false if that is too much.
using taker = std::function<bool(std::string_view)>;

/// Reads until the end. Once `while_running` has ended, what is there already is the rest.
task<> drain(context while_running, pipe_end& from, taker take, std::function<void()> too_much)
{
    std::array<char, 16 * 1024> buffer;
    if (!from.is_open()) co_return;
    for (;;) {
        // One read for each turn of the loop: a program that never stops writing must not keep it.
        if (!while_running.done()) co_await from.readable(while_running);
        const auto [error, count] = from.read_some(buffer);
        if (error == asio::error::would_block) {
            if (while_running.done()) co_return;
        } else if (error || count == 0) {
            co_return;
        } else if (!take(std::string_view(buffer.data(), count))) {
            too_much();
        }
    }
}

task<> feed(context while_running, running_child& child, const std::string& input)
{
    if (!child.input().is_open()) co_return;
    co_await child.input().write(while_running, input);  // a program that reads no more is no error
    child.input().close();
}

/// Keeps what a program writes, up to a limit.
taker keep_in(std::string& text, std::size_t most)
{
    return [&text, most](std::string_view more) {
        const auto fits = std::min(more.size(), most - text.size());
        text.append(more.substr(0, fits));
        return fits == more.size();
    };
}

bool drop(std::string_view)
{
    return true;
}

/// The end of a program: waited for under `ctx`, or brought about if `ctx` ends first. True if it ended by itself.
task<bool> end_of(running_child& child, context ctx)
{
    const auto failed = co_await child.ended(ctx);
    if (failed) co_await child.stop(ctx);
    co_return !failed;
}

/// Why a program was stopped: its context ended, or a sibling failed, or else the awaiting coroutine alone was canceled.
curfew::cause reason(const context& ctx, std::optional<cancel_source>& under)
{
    if (ctx.done() || !under) return ctx.cause();
    if (!under->get_context().done()) under->cancel("the awaiting coroutine was canceled");
    return under->get_context().cause();
}

/// Calls `body` in a task group; whatever happens there, the program has been stopped afterwards unless it ended by itself.
/// Gives what was thrown.
template <class Body>
task<std::exception_ptr> in_group(context_here ctx, running_child& child, Body& body)
{
    std::exception_ptr failure;
    try {
        co_await with_task_group(ctx, body);
    } catch (...) {
        failure = std::current_exception();
    }
    // A context that ended while the program was being started begins no group.
    if (!child.has_ended()) co_await child.stop(ctx);
    co_return failure;
}

task<outcome> run_started(context_here ctx, const command& what, running_child& child)
{
    auto        pipes = with_cancel(without_cancel(ctx.ctx, "process", ctx.where), "process pipes", ctx.where);
    std::string out, err;
    bool        too_large = false, by_itself = false;
    std::optional<cancel_source> under;

    const auto limit = [&] {
        too_large = true;
        under->cancel("it wrote too much");
    };
    const auto take_out = keep_in(out, what.max_output), take_err = keep_in(err, what.max_error_output);
    auto       feeding  = [&](context) { return feed(pipes.get_context(), child, what.input); };
    auto       reading  = [&](context) { return drain(pipes.get_context(), child.output(), take_out, limit); };
    auto       noting   = [&](context) { return drain(pipes.get_context(), child.error_output(), take_err, [] {}); };
    auto       all      = [&](task_group& group, context inner) -> task<> {
        under.emplace(with_cancel(inner, "process", ctx.where));
        group.start(feeding);
        group.start(reading);
        group.start(noting);
        by_itself = co_await end_of(child, under->get_context());
        pipes.cancel("the program has ended");
    };
    const auto failure = co_await in_group(ctx, child, all);

    if (!child.has_ended()) co_return outcome::ended_by(reason(ctx.ctx, under));  // the system does not let go of it
    const auto status = child.reap();
    if (too_large)
        co_return outcome::failed(errc::output_too_large, "process " + what.program + ": it wrote more than " +
                                                              std::to_string(what.max_output) + " bytes");
    if (!by_itself) co_return outcome::ended_by(reason(ctx.ctx, under));
    if (failure) std::rethrow_exception(failure);
    co_return outcome::done(result(status, std::move(out), std::move(err)));
}

}  // namespace

task<outcome> run_captured(context_here ctx, command what)
{
    using namespace boost::asio;
    if (ctx.ctx.done()) co_return outcome::ended_by(ctx.ctx.cause());
    const bool throws = co_await this_coro::throw_if_cancelled();
    co_await this_coro::throw_if_cancelled(false);  // the end of the program must be reached

    outcome ended;
    try {
        running_child child(ctx.ctx, what, !what.input.empty());
        ended = co_await run_started(ctx, what, child);
    } catch (const boost::system::system_error& e) {
        ended = outcome::failed(e);
    }
    co_await this_coro::throw_if_cancelled(throws);
    co_return ended;
}

task<exit_status> run_with(context_here ctx, command what, conversation talk)
{
    using namespace boost::asio;
    ctx.ctx.throw_if_done();
    const bool throws = co_await this_coro::throw_if_cancelled();
    co_await this_coro::throw_if_cancelled(false);
    if (what.error_output == output_to::capture) what.error_output = output_to::discard;

    running_child child(ctx.ctx, what, true);
    auto          pipes = with_cancel(without_cancel(ctx.ctx, "process", ctx.where), "process pipes", ctx.where);
    bool          by_itself = false;
    std::optional<cancel_source> under;
    auto          dropping  = [&](context) { return drain(pipes.get_context(), child.output(), drop, [] {}); };
    auto          all       = [&](task_group& group, context inner) -> task<> {
        process::child     handle(child);
        std::exception_ptr failure;
        try {
            co_await talk(handle, inner);
        } catch (...) {
            failure = std::current_exception();
        }
        child.input().close();
        group.start(dropping);
        if (failure) {
            co_await child.stop(ctx);
        } else {
            under.emplace(with_cancel(inner, "process", ctx.where));
            by_itself = co_await end_of(child, under->get_context());
        }
        pipes.cancel("the program has ended");
        if (failure) std::rethrow_exception(failure);
    };
    const auto failure = co_await in_group(ctx, child, all);
    co_await this_coro::throw_if_cancelled(throws);

    std::optional<exit_status> status;
    if (child.has_ended()) status = child.reap();
    if (failure) std::rethrow_exception(failure);
    if (!by_itself) throw context_error(reason(ctx.ctx, under));
    co_return *status;
}

}  // namespace detail

task<result> run(context_here ctx, command what)
{
    auto ended = co_await detail::run_captured(std::move(ctx), std::move(what));
    if (ended.error) ended.raise();
    co_return std::move(ended.value);
}

task<std::tuple<error_code, result>> run(context_here ctx, decltype(nothrow)&, command what)
{
    auto ended = co_await detail::run_captured(std::move(ctx), std::move(what));
    co_return std::tuple<error_code, result>(ended.error, std::move(ended.value));
}

}  // namespace curfew::process
