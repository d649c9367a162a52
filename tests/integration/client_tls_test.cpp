#include "run_on_loop.hpp"
#include "tls_peer.hpp"

#include <curfew/client.hpp>

#include <gmock/gmock.h>

#include <atomic>
#include <optional>

using namespace curfew;
using namespace curfew::testing;
using namespace std::chrono_literals;
using ::testing::HasSubstr;
using ::testing::StartsWith;

namespace {

constexpr std::string_view ok_hello = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";

void answer_each(tls_peer::session& with)
{
    while (!with.read_head().empty()) with.write(ok_hello);
}

/// An authority, a service that it vouches for, and a client that trusts it.
struct secured {
    explicit secured(std::function<void(tls_peer::session&)> serve = answer_each, const std::string& names = "DNS:localhost,IP:127.0.0.1")
        : identity(authority, names), peer(identity, std::move(serve))
    {
        options.tls.ca_file = file->path;
    }

    /// What a call ends with.
    std::optional<client_error> failure(const std::string& url)
    {
        std::optional<client_error> result;
        auto                        body = [&](context ctx) -> task<> {
            client api(options);
            try {
                auto answer = co_await api.get(ctx, url);
                co_await answer.read_all(ctx);
            } catch (const client_error& error) {
                result = error;
            }
        };
        run_on_loop(body);
        return result;
    }

    certificate                        authority;
    std::unique_ptr<certificate::file> file = authority.write();
    certificate                        identity;
    tls_peer                           peer;
    client_options                     options;
};

}  // namespace

TEST(client_over_tls, calls_whom_it_trusts_and_keeps_the_connection)
{
    secured s;
    {
        client api(s.options);
        auto   body = [&](context ctx) -> task<> {
            for (int i = 0; i != 3; ++i) {
                auto answer = co_await api.get(ctx, s.peer.url());
                EXPECT_EQ(co_await answer.read_all(ctx), "hello");
            }
        };
        run_on_loop(body);
    }
    EXPECT_EQ(s.peer.accepted(), 1);
}

TEST(client_over_tls, asks_for_a_host_by_its_name_but_not_by_its_address)
{
    std::string asked = "nobody";
    secured     s([&](tls_peer::session& with) {
        asked = with.asked_for();
        answer_each(with);
    });
    EXPECT_EQ(s.failure(s.peer.url("localhost")), std::nullopt);
    EXPECT_EQ(asked, "localhost");
    EXPECT_EQ(s.failure(s.peer.url()), std::nullopt);
    EXPECT_EQ(asked, "");
}

TEST(client_over_tls, refuses_a_certificate_of_another_host)
{
    for (const auto names : {"DNS:other", "IP:127.0.0.2", "DNS:127.0.0.1"}) {
        secured    s(answer_each, names);
        const auto failure = s.failure(s.peer.url());
        ASSERT_TRUE(failure) << names;
        EXPECT_EQ(failure->code(), client_errc::certificate_rejected);
        EXPECT_EQ(failure->phase(), call_phase::handshake);
        EXPECT_THAT(failure->what(), HasSubstr("IP address mismatch"));
    }
    secured s(answer_each, "DNS:*.localhost");
    EXPECT_EQ(s.failure(s.peer.url("localhost"))->code(), client_errc::certificate_rejected);
}

TEST(client_over_tls, refuses_a_certificate_of_an_authority_that_it_does_not_trust)
{
    secured           s;
    const certificate stranger;
    const auto        other = stranger.write();
    s.options.tls.ca_file   = other->path;

    EXPECT_EQ(s.failure(s.peer.url())->code(), client_errc::certificate_rejected);
    s.options.tls.ca_file.clear();  // the system's
    EXPECT_EQ(s.failure(s.peer.url())->code(), client_errc::certificate_rejected);
    EXPECT_EQ(s.peer.established(), 0);
}

TEST(client_over_tls, believes_everybody_when_told_to)
{
    secured s(answer_each, "DNS:other");
    s.options.tls.ca_file.clear();
    s.options.tls.verify = false;

    EXPECT_EQ(s.failure(s.peer.url()), std::nullopt);
}

TEST(client_over_tls, cannot_be_made_with_a_file_that_is_not_there)
{
    client_options options;
    options.tls.ca_file = "no-such-file.pem";

    try {
        client api(options);
        FAIL();
    } catch (const boost::system::system_error& error) {
        EXPECT_THAT(error.what(), StartsWith("tls: load no-such-file.pem: "));
    }
}

TEST(client_over_tls, takes_no_cut_off_body_for_a_whole_one)
{
    const auto begin = [](bool goodbye) {
        return [goodbye](tls_peer::session& with) {
            with.read_head();
            with.write("HTTP/1.1 200 OK\r\n\r\nhello");
            if (goodbye) with.say_goodbye();
        };
    };
    secured cut(begin(false));
    EXPECT_EQ(cut.failure(cut.peer.url())->code(), client_errc::truncated);
    secured whole(begin(true));
    EXPECT_EQ(whole.failure(whole.peer.url()), std::nullopt);
}

TEST(client_over_tls, sends_again_what_a_kept_connection_lost)
{
    secured s([](tls_peer::session& with) {
        with.read_head();
        with.write(ok_hello);
        with.read_head();  // and closes, with and without goodbye as the client sees fit
    });
    client api(s.options);
    auto   body = [&](context ctx) -> task<> {
        for (int i = 0; i != 4; ++i) {
            auto answer = co_await api.get(ctx, s.peer.url());
            EXPECT_EQ(co_await answer.read_all(ctx), "hello");
        }
    };
    run_on_loop(body);
    EXPECT_EQ(s.peer.accepted(), 4);
}

TEST(client_over_tls, ends_a_handshake_that_takes_too_long)
{
    // One who accepts and says nothing: the listener of a service that is busy with somebody else.
    std::atomic<bool> release = false;
    secured           s([&](tls_peer::session&) {
        while (!release) std::this_thread::yield();
    });
    s.options.timeouts.handshake = 50ms;
    client api(s.options);
    auto   body = [&](context ctx) -> task<> {
        const raw_client first(s.peer.url().substr(8, s.peer.url().size() - 9));  // is in its handshake for ever
        std::optional<client_error> by_option;
        try {
            co_await api.get(ctx, s.peer.url());
        } catch (const client_error& error) {
            by_option = error;
        }
        EXPECT_TRUE(by_option && by_option->code() == client_errc::timed_out && by_option->phase() == call_phase::handshake);
        bool by_context = false;
        try {
            co_await api.get(with_timeout(ctx, 20ms), s.peer.url());
        } catch (const context_error&) {
            by_context = true;
        }
        EXPECT_TRUE(by_context);
        release = true;
    };
    run_on_loop(body);
}

TEST(client_over_tls, sends_large_bodies_and_is_canceled_within_them)
{
    secured s([](tls_peer::session& with) {
        with.read_head();
        with.write("HTTP/1.1 100 Continue\r\n\r\n");
        while (!with.read_head().empty()) {}  // no empty line comes
    });
    client api(s.options);
    auto   body = [&](context ctx) -> task<> {
        bool canceled = false;
        auto produce  = [](context c, body_writer& out) -> task<void> {
            for (;;) co_await out.write(c, std::string(10'000, 'x'));
        };
        try {
            auto request = client_request(method::post, s.peer.url()).stream(produce, "text/plain");
            co_await api.send(with_timeout(ctx, 100ms), std::move(request));
        } catch (const context_error&) {
            canceled = true;
        }
        EXPECT_TRUE(canceled);
    };
    run_on_loop(body);
}
