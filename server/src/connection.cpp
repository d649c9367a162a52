#include "connection.hpp"

#include "raw_stream_on.hpp"
#include "server_log.hpp"
#include "transport_memory.hpp"
#include "transport_tcp.hpp"
#include "transport_unix.hpp"

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

bool would_block(const boost::system::error_code& error) noexcept
{
    return error == boost::asio::error::would_block || error == boost::asio::error::try_again;
}

}  // namespace

template <class Stream>
void connection<Stream>::start(std::shared_ptr<worker> in, Stream stream)
{
    auto& its = *in;
    boost::intrusive_ptr<connection> self(new (its) connection(std::move(in), std::move(stream)));
    self->begin();
}

template <class Stream>
void* connection<Stream>::operator new([[maybe_unused]] std::size_t size, worker& in)
{
    static_assert(sizeof(connection) <= loop_storage::connection_size);
    return in.storage().connections.take();
}

template <class Stream>
void connection<Stream>::operator delete(void* at, worker& in) noexcept
{
    in.storage().connections.give_back(static_cast<char*>(at));
}

template <class Stream>
void connection<Stream>::operator delete(connection* self, std::destroying_delete_t) noexcept
{
    const auto in = self->keeps_worker_;
    self->~connection();
    operator delete(static_cast<void*>(self), *in);
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
        if (!closed_ && (wants_read() || session_.yields() || may_be_suspended())) wait_for_turn_end();
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
    return blocked_;
}

template <class Stream>
std::unique_ptr<raw_stream> connection<Stream>::give_away(std::string received)
{
    given_away_ = true;
    return std::make_unique<raw_stream_on<typename Stream::raw_type>>(stream_.release(), std::move(received));
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
    const auto                             now = worker_.loop().now();
    session_.begin_turn();
    if (may_be_suspended()) session_.handler_suspended(now);
    guarded([this, now] { read(now); });
    proceed(now);
}

template <class Stream>
void connection<Stream>::on_ready(readiness what) noexcept
{
    stream_.notice(what);
    if (closed_) return;
    const boost::intrusive_ptr<connection> hold(this);
    const auto                             now = worker_.loop().now();
    if (what.gone != disconnect_how::none && !session_.reads_ahead()) session_.peer_gone(what.gone, now);
    if (what.writable) blocked_ = false;
    guarded([this, now] { read(now); });
    proceed(now);
}

// ---- bytes

// Reads once: whoever sends without end has the others wait no longer than that.
template <class Stream>
void connection<Stream>::read(time_point now)
{
    if (closed_ || !wants_read()) return;
    const auto                room = session_.input_room();
    boost::system::error_code error;
    const auto                size = stream_.read_some(boost::asio::buffer(room.data(), room.size()), error);
    if (!error) return session_.received(size, now);
    if (error == boost::asio::error::eof)
        session_.input_ended(now);
    else if (!would_block(error))
        session_.input_failed(now);
}

// Sends what fits without waiting. True if more may follow from that.
template <class Stream>
bool connection<Stream>::send(time_point now)
{
    if (blocked_) return false;
    const auto bytes = session_.to_send();
    if (bytes.empty()) return false;
    boost::system::error_code error;
    const auto                size = stream_.write_some(boost::asio::buffer(bytes.data(), bytes.size()), error);
    if (!error) return session_.sent(size, now);
    if (would_block(error)) {
        blocked_ = true;
        session_.send_blocked(now);
        stream_.await_writable();
        return false;
    }
    session_.send_failed(how_it_failed(error), now);
    return true;
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
        if (!dozed && self.session_.dozes()) self.rest();
    });
    self.proceed(now);
}

template class connection<tcp_stream>;
template class connection<unix_stream>;
template class connection<memory_stream>;

}  // namespace curfew::detail
