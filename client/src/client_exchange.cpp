#include "client_exchange.hpp"

#include "call_budget.hpp"
#include "call_error.hpp"
#include "outgoing_head.hpp"
#include "upload_framing.hpp"

#include <curfew/cancel_source.hpp>
#include <curfew/client_error.hpp>
#include <curfew/task_group.hpp>

#include <boost/asio/error.hpp>

#include <algorithm>
#include <array>
#include <exception>
#include <utility>

namespace curfew::detail {

namespace asio = boost::asio;

namespace {

constexpr std::size_t one_write     = 16 * 1024;  // what is sent without looking for an early answer, and in one piece
constexpr std::size_t smallest_read = 1024;
constexpr std::size_t largest_read  = 64 * 1024;

// How a connection that the other side has given up shows.
bool is_closed(const error_code& error) noexcept
{
    return error == asio::error::eof || error == asio::error::connection_reset || error == asio::error::broken_pipe ||
           error == asio::error::connection_aborted || error == client_errc::truncated;
}

}  // namespace

// ---- a limit of a phase

void client_exchange::stall_timer::start(duration limit)
{
    auto& loop = owner_.place_->owner().loop();
    loop.arm(*this, loop.now() + limit);
}

void client_exchange::stall_timer::stop() noexcept
{
    if (armed()) owner_.place_->owner().loop().disarm(*this);
}

void client_exchange::stall_timer::on_time(deadline_entry& entry, deadline_event event) noexcept
{
    auto& self = static_cast<stall_timer&>(entry);
    if (event != deadline_event::due) return;
    self.expired_ = true;
    self.owner_.stream().cancel();
}

// ---- the request

client_exchange::client_exchange(pool_place place, method asked)
    : options_(place.owner().options()),
      origin_(place.origin().text()),
      kept_(place.is_kept()),
      reader_(options_->limits, asked)
{
    place_.emplace(std::move(place));
}

client_exchange::~client_exchange()
{
    if (place_) timer_.stop();
}

pool_place client_exchange::take_place() noexcept
{
    timer_.stop();
    place_->close_stream(false);
    pool_place place = std::move(*place_);
    place_.reset();
    return place;
}

void client_exchange::fail(client_errc what, call_phase phase, std::string_view details)
{
    throw client_error(what, phase, origin_, details);
}

std::string client_exchange::head_for(const context& ctx, const client_request& request, const call_target& to) const
{
    // What is left is told as it is now: queueing and connecting have taken their time.
    const auto budget = budget_of(ctx, *options_, call_phase::send, origin_);
    const auto hop    = options_->trace ? ctx.trace().child() : trace_context();
    return format_head(request, to, {options_->trace ? &hop : nullptr, options_->deadline, budget});
}

task<client_exchange::outcome> client_exchange::run(const context& ctx, client_request& request, const call_target& to)
{
    auto       first = head_for(ctx, request, to);
    const bool small = request.body().size() <= one_write;
    if (small) first += request.body();
    place_->use();
    try {
        co_await send_and_read_head(ctx, request, first, small ? std::string_view() : request.body());
    } catch (const client_error&) {
        if (!may_repeat(request)) throw;
        co_return outcome::stale;
    }
    timer_.stop();
    reader_.read_ahead();
    finish_if_done();
    co_return outcome::answered;
}

// `first` is the head, and the body if that is small; `second` one that is not.
task<> client_exchange::send_and_read_head(const context& ctx, client_request& request, std::string_view first,
                                           std::string_view second)
{
    first.remove_prefix(send_what_fits(first));
    if (!send_error_ && (request.is_streamed() || !second.empty())) {
        co_await send_beside_reading(ctx, request, first, second);
        co_return;
    }
    if (!send_error_) send_error_ = co_await write_all(ctx, first);
    if (!send_error_) request_sent();
    co_await read_head(ctx);
}

// Whether a connection that was closed meanwhile may be all that went wrong, and the request may be sent once more.
bool client_exchange::may_repeat(const client_request& request) const noexcept
{
    const bool closed = is_closed(read_error_) || is_closed(send_error_);
    return kept_ && closed && !reader_.started() && !producing_ && (request.idempotent() || bytes_sent_ == 0);
}

std::size_t client_exchange::send_what_fits(std::string_view bytes)
{
    error_code  error;
    std::size_t sent = 0;
    while (sent != bytes.size() && !error)
        sent += stream().try_write(asio::buffer(bytes.data() + sent, bytes.size() - sent), error);
    if (error != asio::error::would_block && error != asio::error::try_again) send_error_ = error;
    bytes_sent_ += sent;
    return sent;
}

task<error_code> client_exchange::write_all(const context& ctx, std::string_view bytes)
{
    while (!bytes.empty()) {
        timer_.start(options_->timeouts.idle);
        const auto written = co_await stream().write_some(ctx, asio::buffer(bytes.data(), bytes.size()));
        timer_.stop();
        bytes_sent_ += written.size;
        if (timer_.expired() && !ctx.done()) fail(client_errc::timed_out, call_phase::send);
        if (was_canceled(ctx, written.error)) throw_ended(ctx, written.error);
        if (written.error) co_return written.error;
        bytes.remove_prefix(written.size);
    }
    co_return error_code();
}

void client_exchange::request_sent()
{
    all_sent_ = true;
    timer_.start(options_->timeouts.head);
}

// ---- a request that takes a while to send

/// What the producer of a body writes to.
class client_exchange::body_upload final : public body_sink {
public:
    body_upload(client_exchange& to, std::optional<std::uint64_t> length) : to_(to), framing_(length) {}

    task<void> write(context ctx, std::string_view bytes) override
    {
        while (!bytes.empty()) {
            ctx.throw_if_done();
            const auto framed = framing_.frame(bytes.substr(0, one_write));
            if (!framed) to_.fail(client_errc::body_length, call_phase::send, "it is longer");
            bytes.remove_prefix(std::min(bytes.size(), one_write));
            co_await send(ctx, *framed);
        }
    }
    task<void> finish(const context& ctx)
    {
        const auto last = framing_.finish();
        if (!last) to_.fail(client_errc::body_length, call_phase::send, "it is shorter");
        co_await send(ctx, *last);
    }

private:
    task<void> send(const context& ctx, const std::string& framed)
    {
        if (!to_.send_error_) to_.send_error_ = co_await to_.write_all(ctx, framed);
        if (to_.send_error_) throw client_error(to_.send_error_, call_phase::send, to_.origin_);
    }

    client_exchange& to_;
    upload_framing   framing_;
};

task<> client_exchange::upload(const context& ctx, client_request& request, std::string_view first, std::string_view second)
{
    send_error_ = co_await write_all(ctx, first);
    if (!send_error_) send_error_ = co_await write_all(ctx, second);
    if (!send_error_ && request.is_streamed()) {
        producing_ = true;
        body_upload sink(*this, request.announced_length());
        body_writer out(sink);
        try {
            co_await (*request.producer())(ctx, out);
            co_await sink.finish(ctx);
        } catch (...) {
            if (!send_error_) throw;  // else the connection failed, and reading tells why
        }
    }
    if (!send_error_) request_sent();
}

// An answer may come early: a refusal, while we are sending what nobody reads any more.
task<> client_exchange::send_beside_reading(const context& ctx, client_request& request, std::string_view first,
                                            std::string_view second)
{
    auto sending  = with_cancel(ctx, "request body");
    bool unwanted = false;
    auto up       = [&](context c) -> task<> {
        try {
            co_await upload(c, request, first, second);
        } catch (...) {
            if (!unwanted) throw;
        }
    };
    auto both = [&](task_group& group, context c) -> task<> {
        group.start(up);
        co_await read_head(c);
        unwanted = !all_sent_ && !is_success(reader_.status());
        if (unwanted) sending.cancel("the answer came first");
    };
    co_await with_task_group(sending.get_context(), both);
}

// ---- the answer

task<> client_exchange::read_head(const context& ctx)
{
    for (;;) {
        switch (reader_.read_head()) {
        case answer_reader::progress::ready: co_return;
        case answer_reader::progress::failed: {
            if (send_error_ && !reader_.started()) throw client_error(send_error_, call_phase::send, origin_);
            fail(reader_.error(), call_phase::read, reader_.error_details());
        }
        case answer_reader::progress::want_more: break;
        }
        co_await read_more(ctx);
    }
}

task<> client_exchange::read_more(const context& ctx)
{
    const auto room = reader_.room();
    const auto read = co_await stream().read_some(ctx, asio::buffer(room.data(), room.size()));
    if (!read.error) {
        reader_.received(read.size);
        co_return;
    }
    read_error_ = read.error;
    if (read.error == asio::error::eof) {
        reader_.input_ended();
        co_return;
    }
    if (timer_.expired() && !ctx.done()) fail(client_errc::timed_out, all_sent_ ? call_phase::read : call_phase::send);
    if (was_canceled(ctx, read.error)) throw_ended(ctx, read.error);
    if (read.error == client_errc::truncated && !reader_.started()) fail(client_errc::connection_closed, call_phase::read);
    throw client_error(read.error, call_phase::read, origin_);
}

void client_exchange::give_up() noexcept
{
    if (!place_) return;
    timer_.stop();
    place_->give_up();
    place_.reset();
}

// The moment the last byte has come, the connection is somebody else's.
void client_exchange::finish_if_done() noexcept
{
    if (!place_ || !reader_.done()) return;
    timer_.stop();
    if (all_sent_ && reader_.keeps_connection()) {
        place_->give_back();
    } else {
        place_->close_stream(!all_sent_);
        place_->give_up();
    }
    place_.reset();
}

task<std::size_t> client_exchange::read_within(const context& ctx, asio::mutable_buffer into)
{
    for (;;) {
        ctx.throw_if_done();
        const auto piece = reader_.read_body({static_cast<char*>(into.data()), into.size()});
        finish_if_done();
        switch (piece.what) {
        case answer_reader::piece::state::data: co_return piece.size;
        case answer_reader::piece::state::end: co_return 0;
        case answer_reader::piece::state::failed: fail(reader_.error(), call_phase::read, reader_.error_details());
        case answer_reader::piece::state::want_more: break;
        }
        if (!place_) fail(client_errc::truncated, call_phase::read);
        timer_.start(options_->timeouts.idle);
        co_await read_more(ctx);
        timer_.stop();
    }
}

task<std::size_t> client_exchange::read_some(context ctx, asio::mutable_buffer into)
{
    if (into.size() == 0) co_return 0;
    const auto         limited = ends_at_ ? with_deadline(ctx, *ends_at_, "call") : ctx;
    std::size_t        size    = 0;
    std::exception_ptr error;
    try {
        size = co_await read_within(limited, into);
    } catch (...) {
        error = std::current_exception();
    }
    if (error) {
        give_up();
        std::rethrow_exception(error);
    }
    co_return size;
}

task<std::string> client_exchange::read_all(context ctx, std::size_t limit)
{
    auto       all    = reader_.take_ahead();
    const auto length = reader_.done() ? std::nullopt : reader_.content_length();
    if (length && *length <= limit) all.reserve(*length);
    while (all.size() <= limit && !(length && *length > limit)) {
        if (reader_.done()) co_return all;
        const auto size = all.size();
        all.resize(size + std::clamp(all.capacity() - size, smallest_read, largest_read));
        const auto read = co_await read_some(ctx, asio::buffer(all.data() + size, all.size() - size));
        all.resize(size + read);
    }
    give_up();
    fail(client_errc::body_too_large, call_phase::read);
}

task<bool> client_exchange::skip_body(const context& ctx, std::size_t most)
{
    std::array<char, 4096> bytes;
    for (std::size_t size = 0; size <= most;) {
        const auto read = co_await read_some(ctx, asio::buffer(bytes));
        if (read == 0) co_return true;
        size += read;
    }
    give_up();
    co_return false;
}

}  // namespace curfew::detail
