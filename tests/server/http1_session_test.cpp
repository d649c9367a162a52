#include "http1_session.hpp"

#include <curfew/testing/proves.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <string_view>

using namespace curfew;
using namespace std::chrono_literals;
using curfew::detail::http1_session;
using curfew::detail::session_step;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

namespace {

/// A session fed by hand: no socket, no loop, no handler.
struct fed {
    explicit fed(server_options options = {}) : settings(options) {}

    void receive(std::string_view bytes)
    {
        const auto room = session.input_room();
        ASSERT_LE(bytes.size(), room.size());
        std::copy(bytes.begin(), bytes.end(), room.begin());
        session.received(bytes.size(), now);
    }
    session_step next() { return session.next(now); }
    std::string  send()
    {
        std::string all;
        for (auto bytes = session.to_send(); !bytes.empty(); bytes = session.to_send()) {
            all += bytes;
            session.sent(bytes.size(), now);
        }
        return all;
    }
    void begin(curfew::detail::request_terms terms = {})
    {
        ASSERT_EQ(next(), session_step::start_request);
        session.begin(terms, now);
    }
    void answer(std::string body)
    {
        session.answer(text(status::ok, std::move(body)), outcome::completed);
        session.handler_ended();
        ASSERT_EQ(next(), session_step::finish_request);
        session.release_request(now);
    }

    time_point                      now{1h};
    curfew::detail::session_settings settings;
    curfew::detail::loop_storage     storage{128};
    http1_session                    session{settings, storage, now};
};

constexpr std::string_view get = "GET / HTTP/1.1\r\nHost: t\r\n\r\n";

}  // namespace

TEST(http1_session, asks_for_bytes_until_a_head_is_complete)
{
    fed s;
    EXPECT_TRUE(s.session.wants_input());
    s.receive(get.substr(0, 10));
    EXPECT_EQ(s.next(), session_step::none);
    EXPECT_TRUE(s.session.wants_input());

    s.receive(get.substr(10));

    EXPECT_EQ(s.next(), session_step::start_request);
    EXPECT_FALSE(s.session.wants_input());  // back-pressure: what follows waits in the kernel
}

TEST(http1_session, leaves_a_departure_that_came_with_the_request_to_who_takes_the_transport_over)
{
    fed s;
    s.session.peer_gone(disconnect_how::fin, s.now);
    s.receive(get);
    s.begin();

    ASSERT_TRUE(s.session.hand_over());
    s.session.handler_suspended(s.now);

    EXPECT_EQ(s.next(), session_step::none);
    EXPECT_EQ(s.session.request().canceled, cause_kind::none);
}

TEST(http1_session, formats_pipelined_answers_into_one_run_of_bytes)
{
    fed s;
    s.receive(std::string(get) + std::string(get));

    s.begin();
    s.answer("a");
    s.begin();
    s.answer("b");

    EXPECT_EQ(s.next(), session_step::none);
    const auto all = s.session.to_send();
    EXPECT_THAT(std::string(all), HasSubstr("\r\n\r\naHTTP/1.1 200"));
    EXPECT_THAT(std::string(all), EndsWith("\r\n\r\nb"));
}

TEST(http1_session, keeps_bytes_in_flight_where_they_are)
{
    fed s;
    s.receive(std::string(get) + std::string(get));
    s.begin();
    s.answer("a");
    const auto in_flight = s.session.to_send();
    const auto copy      = std::string(in_flight);

    s.begin();
    s.answer(std::string(10'000, 'b'));

    EXPECT_EQ(in_flight, copy);
}

TEST(http1_session, borrows_only_what_it_reads_into_between_requests)
{
    fed s;
    s.receive(get);
    s.begin();
    s.answer("a");
    s.next();

    // The table came back: the pool lends the very same again.
    const auto table = s.storage.tables.borrow();
    EXPECT_NE(table, nullptr);
    EXPECT_TRUE(s.session.unread_input().empty());
    s.send();
}

TEST(http1_session, tells_once_to_cancel_and_with_what)
{
    fed s;
    s.receive(get);
    s.begin();
    s.session.handler_suspended(s.now);

    s.session.peer_gone(disconnect_how::fin, s.now);
    s.session.peer_gone(disconnect_how::reset, s.now);

    EXPECT_EQ(s.next(), session_step::cancel_request);
    EXPECT_EQ(s.session.request().canceled, cause_kind::client_disconnected);
    EXPECT_EQ(s.session.request().canceled_how, disconnect_how::fin);
    EXPECT_EQ(s.next(), session_step::close);
    EXPECT_EQ(s.next(), session_step::none);
}

TEST(http1_session, waits_with_a_departure_until_the_handler_does)
{
    CURFEW_PROVES("D11");
    fed s;
    s.receive(get);
    s.session.peer_gone(disconnect_how::fin, s.now);

    s.begin();
    EXPECT_EQ(s.next(), session_step::none);
    s.session.handler_suspended(s.now);

    EXPECT_EQ(s.next(), session_step::cancel_request);
}

TEST(http1_session, sends_its_answer_before_it_closes_at_the_end_of_the_input)
{
    fed s;
    s.receive(get);
    s.session.input_ended(s.now);
    s.begin();
    s.answer("a");

    EXPECT_EQ(s.next(), session_step::none);
    EXPECT_THAT(s.send(), EndsWith("a"));
    EXPECT_EQ(s.next(), session_step::close);
}

TEST(http1_session, counts_the_deadline_from_the_first_byte)
{
    fed s;
    s.receive(get.substr(0, 1));
    s.next();
    const auto first = s.now;
    s.now += 3s;
    s.receive(get.substr(1));

    s.next();

    EXPECT_EQ(s.session.request().started, first);
}

TEST(http1_session, gives_a_handler_its_grace_before_it_is_answered_for)
{
    CURFEW_PROVES("H6");
    fed                   s;
    curfew::detail::request_terms terms;
    terms.deadline = s.now + 1s;
    s.receive(get);
    s.begin(terms);
    EXPECT_EQ(s.session.wake_at(), s.now + 1s);

    s.now += 1s;
    s.session.time_passed(s.now, false);
    EXPECT_EQ(s.next(), session_step::cancel_request);
    EXPECT_EQ(s.session.wake_at(), s.now + 100ms);
    s.now += 100ms;
    s.session.time_passed(s.now, false);

    EXPECT_EQ(s.next(), session_step::answer_instead);
    s.session.answer_instead(text(status::gateway_timeout, "late"), outcome::deadline);
    EXPECT_THAT(s.send(), StartsWith("HTTP/1.1 504"));
    EXPECT_EQ(s.next(), session_step::shut_down_send);
    s.session.answer(text(status::ok, "at last"), outcome::completed);
    EXPECT_THAT(s.send(), IsEmpty());
    EXPECT_EQ(s.session.request().outcome, outcome::deadline);
}

TEST(http1_session, does_not_hold_a_flowing_body_against_the_servers_default)
{
    fed                   s;
    curfew::detail::request_terms terms;
    terms.deadline = s.now + 30s;
    terms.origin   = deadline_origin::server_default;
    s.receive("POST / HTTP/1.1\r\nHost: t\r\nContent-Length: 1000000\r\n\r\n");
    s.begin(terms);
    char bytes[16384];
    s.session.read_body(bytes, s.now);
    s.receive(std::string(8000, 'x'));

    s.now += 30s;
    s.session.time_passed(s.now, false);
    EXPECT_EQ(s.next(), session_step::move_deadline);
    s.now += 5s;
    s.session.time_passed(s.now, false);

    EXPECT_EQ(s.session.request().canceled, cause_kind::deadline_exceeded);  // nothing came in those 5 s
}

TEST(http1_session, closes_when_it_drains_and_no_byte_has_come)
{
    CURFEW_PROVES("L2");
    fed idle, begun;
    begun.receive("G");
    begun.next();

    for (auto* each : {&idle, &begun}) {
        each->session.drain();
        each->session.close_if_idle();
    }

    EXPECT_EQ(idle.next(), session_step::close);
    EXPECT_EQ(begun.next(), session_step::none);
    begun.receive(get.substr(1));
    begun.begin();
    begun.answer("a");
    EXPECT_THAT(begun.send(), HasSubstr("Connection: close"));
}

TEST(http1_session, a_reset_in_the_middle_of_a_large_answer_is_a_departure)
{
    CURFEW_PROVES("D11");
    fed s;
    s.receive(get);
    s.begin();
    s.session.answer(text(status::ok, std::string(1'000'000, 'x')), outcome::completed);
    s.session.handler_ended();
    s.session.sent(s.session.to_send().size() / 2, s.now);

    s.session.peer_gone(disconnect_how::reset, s.now);

    EXPECT_EQ(s.next(), session_step::cancel_request);
    EXPECT_EQ(s.next(), session_step::finish_request);
    EXPECT_EQ(s.session.request().outcome, outcome::client_gone);
}

TEST(http1_session, an_answer_that_a_shutdown_cuts_short_is_none)
{
    CURFEW_PROVES("L2");
    fed s;
    s.receive(get);
    s.begin();
    s.session.answer(text(status::ok, std::string(1'000'000, 'x')), outcome::completed);
    s.session.handler_ended();

    s.session.shut_down(s.now);

    EXPECT_EQ(s.next(), session_step::finish_request);
    EXPECT_EQ(s.session.request().outcome, outcome::shutdown);
    EXPECT_EQ(s.session.request().answer, curfew::detail::answer_state::given_up);
}

TEST(http1_session, closes_behind_an_answer_whose_handler_left_something_that_does_not_end)
{
    CURFEW_PROVES("H6");
    fed s;
    s.receive(get);
    s.begin({.deadline = s.now + 1s});
    s.session.answer(text(status::ok, "a"), outcome::completed);
    s.send();
    s.now += 1s;
    s.session.time_passed(s.now, false);
    EXPECT_EQ(s.next(), session_step::cancel_request);
    s.now += 1s;
    s.session.time_passed(s.now, false);
    EXPECT_EQ(s.next(), session_step::answer_instead);

    s.session.answer_instead(text(status::gateway_timeout, "late"), outcome::deadline);

    EXPECT_EQ(s.next(), session_step::shut_down_send);
    EXPECT_THAT(s.send(), IsEmpty());
    EXPECT_EQ(s.session.request().outcome, outcome::completed);
}

TEST(http1_session, a_write_that_fails_does_not_cancel_what_is_to_finish)
{
    CURFEW_PROVES("D10");
    fed s;
    s.receive(std::string(get) + std::string(get));
    s.begin();
    s.answer("a");
    curfew::detail::request_terms terms;
    terms.on_disconnect = on_disconnect::finish;
    s.begin(terms);
    s.session.to_send();

    s.session.send_failed(disconnect_how::reset, s.now);

    EXPECT_EQ(s.next(), session_step::close);
    EXPECT_EQ(s.session.request().canceled, cause_kind::none);
}

TEST(http1_session, is_not_idle_before_its_answer_is_taken)
{
    fed s;
    s.receive(get);
    s.begin();
    s.answer("a");
    s.next();
    s.session.to_send();
    s.session.send_blocked(s.now);
    s.now += 5s;
    s.session.time_passed(s.now, false);

    EXPECT_GT(s.session.wake_at(), s.now);
    EXPECT_FALSE(s.session.dozes());
}
