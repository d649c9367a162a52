#include "wire.hpp"

#include "client_core.hpp"
#include "command_format.hpp"
#include "resolve.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/write.hpp>

#include <algorithm>
#include <cerrno>
#include <utility>

#include <sys/socket.h>

namespace curfew::redis::detail {

namespace {

namespace asio = boost::asio;
using boost::system::error_code;

// What is written at once: enough for a burst, and what has not been written can still be taken back.
constexpr std::size_t most_written = 64 * 1024;

}  // namespace

wire::wire(curfew::detail::loop& on, std::shared_ptr<const client_core> of, on_death told)
    : deadline_entry(&wire::on_time),
      loop_(on),
      client_(std::move(of)),
      told_(std::move(told)),
      parser_(client_->settings().max_reply_bytes)
{
    loop_.retain();
}

wire::~wire()
{
    loop_.release();
}

// ---- connecting

void wire::connect()
{
    const auto& settings = client_->settings();
    state_ = state::connecting;
    loop_.arm(*this, loop_.now() + settings.connect_timeout);
    if (!settings.unix_path.empty())
        return connect_to({asio::local::stream_protocol::endpoint(settings.unix_path)}, 0);

    error_code not_numeric;
    const auto address = asio::ip::make_address(settings.host, not_numeric);
    if (!not_numeric) return connect_to({asio::ip::tcp::endpoint(address, settings.port)}, 0);
    resolve(loop_, settings.host, settings.port, [self = weak_from_this()](error_code ec, auto found) {
        const auto here = self.lock();
        if (!here || here->state_ != state::connecting) return;
        if (ec) return here->fail(ec, "resolve");
        here->connect_to(std::move(found), 0);
    });
}

void wire::connect_to(std::vector<endpoint> all, std::size_t index)
{
    socket_.emplace(loop_.executor());
    const auto to = all[index];
    socket_->async_connect(to, [self = shared_from_this(), all = std::move(all), index](error_code ec) mutable {
        if (self->state_ != state::connecting) return;
        if (!ec) return self->opened();
        if (index + 1 == all.size()) return self->fail(ec, "connect");
        self->connect_to(std::move(all), index + 1);
    });
}

void wire::opened()
{
    state_ = state::open;
    if (client_->settings().unix_path.empty()) {
        error_code ignored;
        socket_->set_option(asio::ip::tcp::no_delay(true), ignored);
    }
    greet();
    if (greetings_ == 0) loop_.disarm(*this);
    write();
}

void wire::greet()
{
    const auto& settings = client_->settings();
    const auto say = [&](const std::vector<std::string>& words) {
        append_command(out_, words);
        sent_.push_back({nullptr, 1, true});
        ++greetings_;
    };
    if (!settings.password.empty()) {
        if (settings.username.empty())
            say({"AUTH", settings.password});
        else
            say({"AUTH", settings.username, settings.password});
    }
    if (settings.database != 0) say({"SELECT", std::to_string(settings.database)});
}

void wire::on_time(curfew::detail::deadline_entry& entry, curfew::detail::deadline_event event)
{
    if (event == curfew::detail::deadline_event::due) static_cast<wire&>(entry).fail(asio::error::timed_out, "connect");
}

bool wire::alive()
{
    char      byte  = 0;
    const auto seen = ::recv(socket_->native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
    // Bytes that nobody has asked for are as bad as an end.
    return seen < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
}

// ---- sending

void wire::send(request_ptr one)
{
    unsent_.push_back(std::move(one));
    if (state_ == state::fresh) return connect();
    if (state_ == state::open) write();
}

void wire::write()
{
    if (writing_ || state_ != state::open) return;
    while (!unsent_.empty() && out_.size() < most_written) {
        out_ += unsent_.front()->bytes();
        const auto replies = unsent_.front()->commands();
        sent_.push_back({std::move(unsent_.front()), replies});
        unsent_.pop_front();
    }
    if (out_.empty()) return;
    writing_ = true;
    asio::async_write(*socket_, asio::buffer(out_), [self = shared_from_this()](error_code ec, std::size_t) {
        self->writing_ = false;
        if (self->state_ != state::open) return;
        if (ec) return self->fail(ec, "write");
        self->out_.clear();
        self->write();
    });
    read();
}

void wire::give_up(request& one)
{
    const auto same = [&](const request_ptr& each) { return each.get() == &one; };
    if (const auto found = std::ranges::find_if(unsent_, same); found != unsent_.end()) {
        unsent_.erase(found);
    } else if (const auto late = std::ranges::find_if(sent_, same, &expected::to); late != sent_.end()) {
        // What has come of its replies is counted off already.
        late->to.reset();
    }
    rest();
}

// ---- receiving

bool wire::awaited() const noexcept
{
    return std::ranges::any_of(sent_, [](const expected& each) { return each.to != nullptr; });
}

void wire::read()
{
    if (reading_ || state_ != state::open || (!awaited() && greetings_ == 0)) return;
    reading_ = true;
    socket_->async_read_some(asio::buffer(in_), [self = shared_from_this()](error_code ec, std::size_t count) {
        self->reading_ = false;
        if (self->state_ != state::open) return;
        if (ec == asio::error::operation_aborted) return self->read();  // rested, and needed again meanwhile
        if (ec) return self->fail(ec, "read");
        self->parser_.feed(std::string_view(self->in_.data(), count));
        while (auto one = self->parser_.next()) {
            self->take(std::move(*one));
            if (self->state_ != state::open) return;
        }
        if (!self->parser_.error().empty()) return self->fail(errc::protocol, self->parser_.error());
        self->read();
    });
}

void wire::take(reply one)
{
    if (sent_.empty()) return fail(errc::protocol, "a reply to nothing");
    auto& next = sent_.front();
    if (next.greeting) {
        if (one.is_error()) return fail(errc::server, one.text());
        if (--greetings_ == 0) loop_.disarm(*this);
    }
    --next.replies;
    const auto to   = next.to;
    const bool last = next.replies == 0;
    if (last) sent_.pop_front();
    if (to) to->take(std::move(one));
}

void wire::rest()
{
    if (!unsent_.empty() || awaited() || state_ == state::dead) return;
    // A server that does not even let us in, or does not read, would keep the loop busy for nobody.
    if (state_ != state::open || greetings_ != 0 || writing_) return drop();
    if (reading_) socket_->cancel();
}

// ---- the end

void wire::close(error_code code, const std::string& what)
{
    if (state_ == state::dead) return;
    state_ = state::dead;
    loop_.disarm(*this);
    socket_.reset();
    auto unsent = std::exchange(unsent_, {});
    auto sent   = std::exchange(sent_, {});
    for (const auto& each : sent)
        if (each.to) each.to->fail(code, what + ": " + each.to->name());
    for (const auto& each : unsent) each->fail(code, what + ": " + each->name());
}

void wire::fail(error_code code, const std::string& why)
{
    if (state_ == state::dead) return;
    const bool reached = state_ == state::open && greetings_ == 0;
    auto       unsent  = reached ? std::exchange(unsent_, {}) : std::deque<request_ptr>();
    const auto told    = std::move(told_);
    std::string what("redis ");
    what.append(client_->address()).append(": ").append(why);
    if (code != errc::server && code != errc::protocol) what.append(": ").append(code.message());
    // Whether a command that was sent has been executed, nobody knows.
    if (reached && code != errc::protocol) code = errc::connection_lost;
    close(code, what);
    told({unsent.begin(), unsent.end()});
}

void wire::drop() noexcept
{
    state_ = state::dead;
    loop_.disarm(*this);
    socket_.reset();
    unsent_.clear();
    sent_.clear();
}

}  // namespace curfew::redis::detail
