// The only object that can cancel a context.
#pragma once

#include <curfew/context.hpp>

#include <exception>
#include <optional>
#include <source_location>
#include <string>

namespace curfew {

/// Owns the right to cancel one context, and cancels it when destroyed (cause `scope_left`).
///
/// So work started under it cannot outlive the scope by being forgotten.
/// Thread safety: distinct objects: safe. Shared objects: `cancel` and `get_context` are safe from any thread.
class cancel_source {
public:
    cancel_source(cancel_source&&) noexcept;
    /// Leaves the scope it had (cancels it), then takes over the other's.
    cancel_source& operator=(cancel_source&&) noexcept;
    ~cancel_source();

    /// The context that this source cancels. Precondition: not moved from.
    const context& get_context() const noexcept { return *context_; }

    /// Ends the context and all its descendants, with cause `canceled` and the caller's reason.
    ///
    /// Completes:  when every descendant is marked; operations then end on their own executors.
    /// Threads:    any. Callbacks registered without an executor run in this call.
    void cancel(std::source_location where = std::source_location::current()) noexcept;
    void cancel(std::string reason, std::source_location where = std::source_location::current()) noexcept;
    void cancel(std::exception_ptr reason, std::source_location where = std::source_location::current()) noexcept;

private:
    friend cancel_source with_cancel(const context&, const char*, std::source_location);
    friend cancel_source with_cancel(const context&, duration, const char*, std::source_location);
    explicit cancel_source(context ctx) noexcept;

    void leave() noexcept;

    std::optional<context> context_;
};

/// Derives a child that can be canceled.
[[nodiscard]] cancel_source with_cancel(const context& parent, const char* name = "with_cancel",
                                        std::source_location where = std::source_location::current());
/// Derives a child that can be canceled, and that ends after `timeout`: `with_cancel` and `with_timeout` in one context.
[[nodiscard]] cancel_source with_cancel(const context& parent, duration timeout, const char* name = "with_cancel",
                                        std::source_location where = std::source_location::current());

}  // namespace curfew
