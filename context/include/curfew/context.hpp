// The request-scoped context: deadline, cancellation, trace ID and values of one piece of work.
#pragma once

#include <curfew/cause.hpp>
#include <curfew/clock.hpp>
#include <curfew/context_key.hpp>
#include <curfew/detail/node.hpp>
#include <curfew/error.hpp>
#include <curfew/trace_context.hpp>

#include <boost/asio/any_io_executor.hpp>

#include <optional>
#include <source_location>
#include <string_view>
#include <type_traits>
#include <utility>

namespace boost::asio {
class io_context;
}

namespace curfew {

/// Carries the deadline, the cancellation, the trace ID and the values of one request through everything it starts.
///
/// An immutable handle of one pointer: copying shares. A child ends when its parent ends, never the reverse. It is the
/// first parameter of every function that waits, by value, and is kept in an object only by the request that owns it.
///
/// A handle may outlive its request: it is then done, with cause `request_finished`.
/// Thread safety: distinct objects: safe. Shared objects: safe to read; assigning is not.
class context {
public:
    /// What ended the context: an `errc`, or no error while it goes on. One atomic load.
    error_code error() const noexcept { return node_->life().error(); }
    /// True once the context has ended, for whatever reason. One atomic load.
    bool done() const noexcept { return node_->life().done(); }
    /// Why it ended; empty while it goes on.
    curfew::cause cause() const noexcept { return node_->life().why(); }
    /// Throws `context_error` if the context has ended.
    void throw_if_done() const;

    /// The effective deadline: the earliest of its own and its ancestors'. Empty if there is none.
    std::optional<time_point> deadline() const noexcept;
    /// What is left until the deadline, never negative. Empty if there is none.
    std::optional<duration> remaining() const noexcept;
    /// Who set the deadline that binds; `none` if there is none.
    deadline_origin deadline_set_by() const noexcept;

    /// The trace context of the request, detached work or root that this context belongs to.
    const trace_context& trace() const noexcept;

    /// The value stored under `key` by the nearest ancestor, or null. Valid while this handle is held.
    template <class T>
    const T* value(const context_key<T>& key) const noexcept
    {
        return static_cast<const T*>(find(&key));
    }

    /// The name given when it was derived, and the place where that happened.
    std::string_view     name() const noexcept { return node_->name(); }
    std::source_location where() const noexcept { return node_->where(); }

    /// The executor of the loop that the context belongs to.
    boost::asio::any_io_executor get_executor() const;

    /// Two handles are equal if they are the same context.
    friend bool operator==(const context& a, const context& b) noexcept { return a.node_.get() == b.node_.get(); }

    /// For curfew's own modules: takes over a reference on the node.
    explicit context(detail::node_ptr<detail::node_base> node) noexcept : node_(std::move(node)) {}
    detail::node_base& node() const noexcept { return *node_; }
    detail::node&      life() const noexcept { return node_->life(); }

private:
    const void* find(const void* key) const noexcept;

    detail::node_ptr<detail::node_base> node_;
};

/// Makes a root for the loop of `io`: never canceled, without deadline, with an empty trace context.
///
/// Preconditions: `io` is run by one thread at a time, and is not destroyed while another thread uses the context.
/// Lifetime:      a context may outlive `io`; its deadlines then never fire.
context background(boost::asio::io_context& io,
                   std::source_location     where = std::source_location::current());

/// Makes a root whose deadlines are fired by a service thread, which is started at the first call.
///
/// For programs without an io_context of their own. Callbacks of its deadlines run on that thread.
context background(std::source_location where = std::source_location::current());

/// Stands where a context should be but is not yet passed. Behaves like `background()`, and logs a warning once for
/// each place that calls it.
context todo(std::source_location where = std::source_location::current());

/// Derives a child that ends at `when`, or with its parent if that is sooner.
///
/// A deadline that has passed ends the child at once. A later deadline than the parent's arms no timer: the parent's
/// stays in force, with its origin.
/// Threads: any. From a thread other than the loop's, the timer is armed by a post; `deadline()` is right at once.
context with_deadline(const context& parent, time_point when, const char* name = "with_deadline",
                      std::source_location where = std::source_location::current());

/// Derives a child that ends after `timeout`: `with_deadline` at now + `timeout`.
context with_timeout(const context& parent, duration timeout, const char* name = "with_timeout",
                     std::source_location where = std::source_location::current());

/// Derives a context that keeps values and trace ID and drops cancellation, deadline and cause.
///
/// The low-level piece below `shield`, `commit_point` and `detach`, which bound or join what they let go on: prefer those.
context without_cancel(const context& parent, const char* name = "without_cancel",
                       std::source_location where = std::source_location::current());

/// Derives a child that carries `trace` and is the start of a unit of work of its own.
context with_trace(const context& parent, trace_context trace, const char* name = "with_trace",
                   std::source_location where = std::source_location::current());

namespace detail {

/// Adds a value to the chain and nothing else: it shares its parent's cancellation state.
template <class T>
class value_node final : public node_base {
public:
    template <class U>
    value_node(node_base& parent, const context_key<T>& key, U&& value, std::source_location where)
        : node_base(&parent, &parent.life(), key.name(), where), stored_(std::forward<U>(value))
    {
        key_   = &key;
        value_ = &stored_;
    }

private:
    bool destroy() noexcept override
    {
        delete this;
        return true;
    }

    const T stored_;
};

}  // namespace detail

/// Derives a context in which `key` has this value. It shares its parent's cancellation state, and costs one allocation.
template <class T>
context with_value(const context& parent, const context_key<T>& key, std::type_identity_t<T> value,
                   std::source_location where = std::source_location::current())
{
    return context(detail::node_ptr<detail::node_base>(
        new detail::value_node<T>(parent.node(), key, std::move(value), where)));
}

}  // namespace curfew
