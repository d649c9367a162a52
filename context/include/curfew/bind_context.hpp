// Puts any Asio operation under a context.
#pragma once

#include <curfew/context.hpp>
#include <curfew/detail/bound_operation.hpp>

#include <boost/asio/async_result.hpp>
#include <boost/asio/deferred.hpp>

#include <source_location>
#include <type_traits>
#include <utility>

namespace curfew {

/// A completion token that puts the operation it is given to under a context. Made by `bind_context`.
template <class Token>
class context_token {
public:
    context_token(detail::node_ptr<detail::node> life, Token token, std::source_location where)
        : life_(std::move(life)), token_(std::move(token)), where_(where)
    {
    }

private:
    template <class, BOOST_ASIO_COMPLETION_SIGNATURES_TPARAMS>
    friend class boost::asio::async_result;

    detail::node_ptr<detail::node> life_;
    Token                          token_;
    std::source_location           where_;
};

/// Adapts a completion token so that the operation it is given to ends when `ctx` does.
///
/// Works like `asio::bind_executor`, with every token: callbacks, `use_future`, `use_awaitable`, `deferred`, `as_tuple`.
/// `ctx` decides, and not the context of the awaiting coroutine: an operation bound to `without_cancel(ctx)` goes on.
///
/// Errors:       `asio::error::operation_aborted` becomes `ctx.error()` exactly when `ctx` has ended. A result that was
///               already queued when the cancel arrived is delivered.
/// Cancellation: a context that has ended before the start completes the operation with its error, without starting
///               it, and never inline. Later, a cancel from any thread is delivered (type `terminal`) on the executor of
///               the operation. An operation that does not support cancellation runs to its end, and so does one in a
///               coroutine that has disabled its own cancellation (`reset_cancellation_state`).
/// Threads:      as the operation's own; on a thread pool, the executor of the operation is a strand.
template <class Token>
auto bind_context(const context& ctx, Token&& token, std::source_location where = std::source_location::current())
{
    return context_token<std::decay_t<Token>>(detail::node_ptr<detail::node>::share(ctx.life()),
                                              std::forward<Token>(token), where);
}

/// The same with `asio::deferred`: `co_await timer.async_wait(bind_context(ctx))`.
inline auto bind_context(const context& ctx, std::source_location where = std::source_location::current())
{
    return context_token<boost::asio::deferred_t>(detail::node_ptr<detail::node>::share(ctx.life()),
                                                  boost::asio::deferred, where);
}

}  // namespace curfew

template <class Token, class Signature>
class boost::asio::async_result<curfew::context_token<Token>, Signature> {
public:
    template <class Initiation, class... Args>
    static auto initiate(Initiation&& initiation, curfew::context_token<Token> bound, Args&&... args)
    {
        return boost::asio::async_initiate<Token, Signature>(
            curfew::detail::bound_initiation<Signature, std::decay_t<Initiation>>(
                std::forward<Initiation>(initiation), std::move(bound.life_), bound.where_),
            bound.token_, std::forward<Args>(args)...);
    }
};
