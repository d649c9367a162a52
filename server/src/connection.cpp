#include "connection.hpp"

#include "raw_stream_on.hpp"
#include "server_log.hpp"
#include "transport_memory.hpp"
#include "transport_tcp.hpp"
#include "transport_unix.hpp"

#include <boost/asio/bind_allocator.hpp>
#include <boost/asio/error.hpp>

#include <utility>

namespace curfew::detail {

namespace {

// A write meets a reset as either of the two, depending on who saw it first.
disconnect_how how_it_failed(const boost::system::error_code& error) noexcept
{
    const bool reset = error == boost::asio::error::connection_reset || error == boost::asio::error::broken_pipe;
    return reset ? disconnect_how::reset : disconnect_how::write_failed;
}

}  // namespace

template <class Stream>
void connection<Stream>::start(std::shared_ptr<worker> in, Stream stream)
{
    boost::intrusive_ptr<connection> self(new connection(std::move(in), std::move(stream)));
    self->begin();
}

template <class Stream>
connection<Stream>::connection(std::shared_ptr<worker> in, Stream stream) : request_runner(std::move(in), stream.peer()), stream_(std::move(stream))
{
}

template <class Stream>
connection<Stream>::~connection()
{
    if (in_turn_) worker_.loop().cancel_turn_end(*this);
    worker_.loop().disarm(timer_);
    if (!given_away_) stream_.unwatch();
}

// What is thrown on the way ends this connection, and nothing else: not the loop, nor the process.
template <class Stream>
template <class F>
void connection<Stream>::guarded(F part) noexcept
{
    try {
        part();
    } catch (...) {
        fail(std::current_exception());
    }
}

template <class Stream>
void connection<Stream>::begin() noexcept
{
    guarded([this] {
        session_.read_ahead(!stream_.watch(*this));
        if (worker_.draining()) {
            session_.drain();
            worker_.close_idle_soon();
        }
        read();
    });
    progress();
}

template <class Stream>
void connection<Stream>::progress() noexcept
{
    if (!proceeding_) proceed(worker_.loop().now());
}

// `now`: read once for each event, as the clock is dear.
template <class Stream>
void connection<Stream>::proceed(time_point now) noexcept
{
    if (std::exchange(proceeding_, true)) return;
    const boost::intrusive_ptr<connection> hold(this);
    guarded([this, now] {
        do {
            carry_out(run(now));
        } while (!closed_ && send(now));
        proceeding_ = false;
        if (session_.is_handed_over()) transport_idle();
        if (!closed_ && ((session_.wants_input() && !reading_) || session_.yields() || may_be_suspended())) wait_for_turn_end();
        rearm();
    });
    proceeding_ = false;
}

template <class Stream>
void connection<Stream>::fail(const std::exception_ptr& error) noexcept
{
    const boost::intrusive_ptr<connection> hold(this);
    log_error("serve a connection", error);
    const bool outer = std::exchange(proceeding_, true);
    close(true);
    break_off(worker_.loop().now());
    proceeding_ = outer;
}

template <class Stream>
void connection<Stream>::carry_out(session_step step)
{
    switch (step) {
    case session_step::shut_down_send: return stream_.shut_down_send();
    case session_step::close:
    case session_step::reset: break;
    default: return;
    }
    close(step == session_step::reset);
    run(worker_.loop().now());  // its request may be over, too
    stop();
}

template <class Stream>
void connection<Stream>::close(bool reset) noexcept
{
    if (std::exchange(closed_, true)) return;
    if (!given_away_) stream_.close(reset);
}

template <class Stream>
bool connection<Stream>::is_busy() noexcept
{
    if (writing_) return true;
    if (reading_) stream_.cancel_read();
    return reading_;
}

template <class Stream>
std::unique_ptr<raw_stream> connection<Stream>::give_away(std::string received)
{
    given_away_ = true;
    stream_.unwatch();
    return std::make_unique<raw_stream_on<Stream>>(std::move(stream_), std::move(received));
}

template <class Stream>
void connection<Stream>::abandon() noexcept
{
    const boost::intrusive_ptr<connection> hold(this);
    close(true);
    lose_unsent();
    guarded([this] {
        session_.abandon(worker_.loop().now());
        run(worker_.loop().now());
    });
    stop();
    let_go();
}

// The end of a turn is where the next read belongs: one issued right after an answer would come up empty each time.
template <class Stream>
void connection<Stream>::wait_for_turn_end()
{
    if (std::exchange(in_turn_, true)) return;
    worker_.loop().at_turn_end(*this);
}

template <class Stream>
void connection<Stream>::on_turn_end() noexcept
{
    in_turn_ = false;
    if (closed_) return;
    const boost::intrusive_ptr<connection> hold(this);
    const bool more = session_.yields() || may_be_suspended();
    session_.begin_turn();
    if (more) {
        const auto now = worker_.loop().now();
        if (may_be_suspended()) session_.handler_suspended(now);
        proceed(now);
    }
    guarded([this] { read(); });
}

template <class Stream>
void connection<Stream>::on_peer_gone(disconnect_how how) noexcept
{
    if (closed_) return;
    const auto now = worker_.loop().now();
    session_.peer_gone(how, now);
    proceed(now);
}

// ---- bytes

// Classes with an allocator of their own, not lambdas bound to one: those would be called through the executor, which counts
// work and looks through the call stack for it.
template <class Stream>
struct connection<Stream>::read_handler {
    using allocator_type = read_memory::allocator<void*>;

    boost::intrusive_ptr<connection> self;

    allocator_type get_allocator() const noexcept { return self->read_memory_.get_allocator(); }

    void operator()(const boost::system::error_code& error, std::size_t size) const
    {
        self->reading_ = false;
        if (!self->closed_) self->on_read(error, size);
    }
};

template <class Stream>
struct connection<Stream>::wake_handler {
    using allocator_type = read_memory::allocator<void*>;

    boost::intrusive_ptr<connection> self;

    allocator_type get_allocator() const noexcept { return self->read_memory_.get_allocator(); }

    void operator()(const boost::system::error_code&) const
    {
        self->reading_ = false;
        if (self->closed_) return;
        self->session_.woken();
        self->guarded([this] { self->read(); });
    }
};

template <class Stream>
void connection<Stream>::read()
{
    if (reading_ || closed_ || !session_.wants_input()) return;
    reading_        = true;
    const auto room = session_.input_room();
    stream_.async_read_some(boost::asio::buffer(room.data(), room.size()), read_handler{this});
}

template <class Stream>
void connection<Stream>::on_read(const boost::system::error_code& error, std::size_t size)
{
    const auto now = worker_.loop().now();
    if (error && error == boost::asio::error::operation_aborted && session_.dozes()) return guarded([this] { doze(); });
    if (session_.is_handed_over()) {
        if (!error) session_.received(size, now);
        return transport_idle();
    }
    if (!error)
        session_.received(size, now);
    else if (error == boost::asio::error::eof)
        session_.input_ended(now);
    else
        session_.peer_gone(disconnect_how::reset, now);
    proceed(now);
}

// Nothing has come for a while: what is held for reading goes back to the loop until something does.
template <class Stream>
void connection<Stream>::doze()
{
    session_.give_back_input();
    reading_ = true;
    stream_.async_wait_read(wake_handler{this});
}

// Sends what fits without waiting. True if more may follow from that.
template <class Stream>
bool connection<Stream>::send(time_point now)
{
    if (writing_) return false;
    const auto bytes = session_.to_send();
    if (bytes.empty()) return false;
    boost::system::error_code error;
    const auto                size = stream_.write_some(boost::asio::buffer(bytes.data(), bytes.size()), error);
    if (!error) return session_.sent(size, now);
    if (error == boost::asio::error::would_block || error == boost::asio::error::try_again) {
        session_.send_blocked(now);
        write_rest(boost::asio::buffer(bytes.data(), bytes.size()));
        return false;
    }
    session_.send_failed(how_it_failed(error), now);
    return true;
}

template <class Stream>
void connection<Stream>::write_rest(boost::asio::const_buffer bytes)
{
    writing_ = true;
    stream_.async_write_some(bytes, [self = boost::intrusive_ptr<connection>(this)](
                                        const boost::system::error_code& error, std::size_t size) {
        self->writing_ = false;
        if (!self->closed_) self->on_written(error, size);
    });
}

template <class Stream>
void connection<Stream>::on_written(const boost::system::error_code& error, std::size_t size)
{
    const auto now = worker_.loop().now();
    if (error)
        session_.send_failed(how_it_failed(error), now);
    else
        session_.sent(size, now);
    proceed(now);
}

// ---- time

// A later time is only remembered: the entry in the heap goes off early once, and is set again then. A request may be left
// whose transport is closed already, and its deadline binds as before.
template <class Stream>
void connection<Stream>::rearm()
{
    const auto when = session_.wake_at();
    if (closed_ && when == time_point::max()) {
        worker_.loop().disarm(timer_);
        armed_for_ = when;
        return;
    }
    if (when >= armed_for_) return;
    armed_for_ = when;
    worker_.loop().arm(timer_, when);
}

template <class Stream>
void connection<Stream>::on_time(deadline_entry& entry, deadline_event event) noexcept
{
    auto& self      = static_cast<timer&>(entry).owner;
    self.armed_for_ = time_point::max();
    if (event != deadline_event::due) return;
    const boost::intrusive_ptr<connection> hold(&self);
    const bool dozed = self.session_.dozes();
    const auto now   = self.worker_.loop().now();
    self.guarded([&] {
        self.session_.time_passed(now, self.shielded());
        if (!dozed && self.session_.dozes()) {
            self.rest();
            self.reading_ ? self.stream_.cancel_read() : self.doze();
        }
    });
    self.proceed(now);
}

template class connection<tcp_stream>;
template class connection<unix_stream>;
template class connection<memory_stream>;

}  // namespace curfew::detail
