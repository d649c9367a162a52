// A connection on a transport: executes what its session decides.
#pragma once

#include "request_runner.hpp"

#include <curfew/detail/deadline_heap.hpp>
#include <curfew/detail/loop.hpp>

#include <boost/asio/buffer.hpp>

#include <cstddef>
#include <memory>
#include <new>

namespace curfew::detail {

/// Reads, writes, keeps the time and closes; all else is `request_runner`'s and the session's.
///
/// Held by its worker until it is closed, and by its coroutine. `Stream` is a transport such as
/// `tcp_stream`; for each of ours the template is instantiated in connection.cpp.
template <class Stream>
class connection final : public request_runner, private turn_end_task {
public:
    /// Starts serving a stream that has just been connected.
    static void start(std::shared_ptr<worker> in, Stream stream);

    ~connection() override;

    // In memory of their worker's, apart from what requests allocate for a moment: that leaves no holes between them.
    static void* operator new(std::size_t size, worker& in);
    static void  operator delete(void* at, worker& in) noexcept;
    static void  operator delete(connection* self, std::destroying_delete_t) noexcept;

private:
    connection(std::shared_ptr<worker> in, Stream stream);

    void begin() noexcept;
    void progress() noexcept override;
    void proceed(time_point now) noexcept;
    void abandon() noexcept override;
    void fail(const std::exception_ptr& error) noexcept override;
    bool is_busy() noexcept override;
    std::unique_ptr<raw_stream> give_away(std::string received) override;
    void on_ready(readiness what) noexcept override;
    void on_turn_end() noexcept override;

    bool wants_read() const noexcept { return session_.wants_input() && stream_.readable(); }
    void read(time_point now);
    bool send(time_point now);
    void carry_out(session_step step);
    template <class F>
    void guarded(F part) noexcept;
    void close(bool reset) noexcept;
    void wait_for_turn_end();

    void        rearm();
    static void on_time(deadline_entry& entry, deadline_event event) noexcept;

    struct timer final : deadline_entry {
        explicit timer(connection& c) noexcept : deadline_entry(&connection::on_time), owner(c) {}
        connection& owner;
    };

    Stream     stream_;
    timer      timer_{*this};
    time_point armed_for_  = time_point::max();
    bool       blocked_    = false;  // waits for room to write into
    bool       in_turn_    = false;
    bool       closed_     = false;  // or given away
    bool       given_away_ = false;
    bool       proceeding_ = false;  // in `progress`, further up the stack
};

}  // namespace curfew::detail
