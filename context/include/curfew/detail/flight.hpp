// A call under way that several coroutines wait for.
#pragma once

#include <curfew/context.hpp>
#include <curfew/detail/context_here.hpp>
#include <curfew/detail/queued_operation.hpp>

#include <boost/asio/error.hpp>
#include <boost/system/system_error.hpp>

#include <cstddef>
#include <exception>
#include <memory>
#include <mutex>
#include <optional>
#include <tuple>
#include <utility>

namespace curfew::detail {

/// The part that does not depend on the result: who waits, and what stops the call. Any thread.
///
/// A source; see `queued_operation` for what that is. What is handed out is the end of the call, which all may have.
class flight_base {
public:
    static constexpr const char* name = "singleflight";
    using entry                       = queued_wait;
    using results                     = std::tuple<>;

    flight_base()                              = default;
    flight_base(const flight_base&)            = delete;
    flight_base& operator=(const flight_base&) = delete;

    bool    enter(entry& waiter);
    bool    leave(entry& waiter) noexcept;
    results collect(entry&) noexcept { return {}; }
    bool    give_back(entry&) noexcept { return false; }

    bool finished() const;
    /// Ends the context of the call; if that has not begun, it begins with a context that has ended.
    void cancel() noexcept;
    /// What the call is given. On the loop where it is going to run.
    context begin(const context_here& from);

    /// What came of it, to be read once it has finished; null for success.
    const std::exception_ptr& error() const noexcept { return error_; }

protected:
    ~flight_base() = default;
    void land(std::exception_ptr error) noexcept;

private:
    mutable std::mutex     mutex_;
    std::optional<context> own_;
    bool                   canceled_ = false;
    bool                   finished_ = false;
    std::exception_ptr     error_;
    link_list<entry>       waiting_;
};

/// Held by the coroutine of the call, and before that by what starts it: where neither gets to its end, the io_context is
/// being destroyed, and the call ends with `operation_aborted`.
template <class Flight>
class flight_ticket {
public:
    explicit flight_ticket(std::shared_ptr<Flight> flight) noexcept : flight_(std::move(flight)) {}
    flight_ticket(flight_ticket&&) noexcept = default;
    ~flight_ticket()
    {
        if (flight_) end(aborted());
    }

    Flight& operator*() const noexcept { return *flight_; }
    void    end(std::exception_ptr error) noexcept
    {
        if (const auto ending = std::exchange(flight_, nullptr)) ending->finish(std::move(error));
    }

private:
    static std::exception_ptr aborted()
    {
        return std::make_exception_ptr(
            boost::system::system_error(boost::asio::error::operation_aborted, flight_base::name));
    }

    std::shared_ptr<Flight> flight_;
};

}  // namespace curfew::detail
