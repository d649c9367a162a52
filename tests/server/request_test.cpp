#include <curfew/request.hpp>

#include "route_table.hpp"
#include "run.hpp"
#include "sample_request.hpp"

#include <curfew/router.hpp>

#include <gtest/gtest.h>

#include <stdexcept>
#include <string>
#include <vector>

namespace curfew {
namespace {

status status_of(const auto& call)
{
    try {
        call();
    } catch (const http_error& error) {
        return error.status();
    }
    return status::ok;
}

/// A request that was routed to `pattern`.
class routed_request {
public:
    routed_request(std::string_view pattern, std::string_view target)
        : table_(router().get(pattern, [](context, request) { return response(); })), sample_(method::get, target)
    {
        sample_.data().route = &table_.find(method::get, sample_.get().path(), sample_.data().params);
    }

    request get() { return sample_.get(); }

private:
    detail::route_table table_;
    sample_request      sample_;
};

TEST(request, shows_what_the_request_line_says)
{
    sample_request sample(method::get, "/notes/7?full=1");
    const auto     req = sample.get();

    EXPECT_EQ(req.method(), method::get);
    EXPECT_EQ(req.target(), "/notes/7?full=1");
    EXPECT_EQ(req.path(), "/notes/7");
    EXPECT_EQ(req.query_string(), "full=1");
    EXPECT_EQ(req.host(), "example.org");
    EXPECT_EQ(req.http_version(), 11u);
    EXPECT_EQ(req.peer(), "192.0.2.1:4711");
    EXPECT_EQ(req.route(), "");
}

TEST(request, finds_fields_whatever_the_case_of_their_names)
{
    sample_request sample(method::get, "/");
    sample.header("Accept", "text/html").header("accept", "text/plain").header("X-One", "1");
    const auto req = sample.get();

    EXPECT_EQ(req.header("ACCEPT"), "text/html");
    EXPECT_EQ(req.header("x-two"), std::nullopt);
    EXPECT_EQ(req.header_all("Accept"), (std::vector<std::string_view>{"text/html", "text/plain"}));
    EXPECT_EQ(req.headers().wire(), "Accept: text/html\r\naccept: text/plain\r\nX-One: 1\r\n");
}

TEST(request, gives_the_content_type_without_its_parameters)
{
    sample_request sample(method::post, "/");
    sample.header("Content-Type", "text/plain ; charset=utf-8");

    EXPECT_EQ(sample.get().content_type(), "text/plain");
}

TEST(request, decodes_query_parameters)
{
    sample_request sample(method::get, "/?name=a+b%21&tag=x&tag=y&flag");
    const auto     req = sample.get();

    EXPECT_EQ(req.query("name"), "a b!");
    EXPECT_EQ(req.query("nobody", "world"), "world");
    EXPECT_EQ(req.find_query("flag"), "");
    EXPECT_EQ(req.find_query("nobody"), std::nullopt);
    EXPECT_EQ(req.query_all("tag"), (std::vector<std::string>{"x", "y"}));
}

TEST(request, answers_400_to_a_query_that_is_no_number_or_malformed)
{
    sample_request sample(method::get, "/?n=12&minus=-1&big=300&word=x&half=0.5&empty=");
    const auto     req = sample.get();

    EXPECT_EQ(req.query_as("n", 5), 12);
    EXPECT_EQ(req.query_as("missing", 5), 5);
    EXPECT_EQ(req.query_as("half", 1.0), 0.5);
    EXPECT_EQ(req.query_as("minus", 0), -1);
    EXPECT_EQ(status_of([&] { req.query_as("minus", 0u); }), status::bad_request);
    EXPECT_EQ(status_of([&] { req.query_as<std::uint8_t>("big", 0); }), status::bad_request);
    EXPECT_EQ(status_of([&] { req.query_as("word", 0); }), status::bad_request);
    EXPECT_EQ(status_of([&] { req.query_as("half", 0); }), status::bad_request);
    EXPECT_EQ(status_of([&] { req.query_as("empty", 0); }), status::bad_request);

    sample_request malformed(method::get, "/?a=%zz");
    EXPECT_EQ(status_of([&] { malformed.get().query("a"); }), status::bad_request);
}

TEST(request, finds_a_cookie_in_any_of_its_fields)
{
    sample_request sample(method::get, "/");
    sample.header("Cookie", "a=1; b=2").header("Cookie", "c=3");
    const auto req = sample.get();

    EXPECT_EQ(req.cookie("b"), "2");
    EXPECT_EQ(req.cookie("c"), "3");
    EXPECT_EQ(req.cookie("d"), std::nullopt);
}

TEST(request, gives_the_parameters_of_its_route)
{
    routed_request routed("/notes/{id}/{path...}", "/notes/7/a%20b/c");
    const auto     req = routed.get();

    EXPECT_EQ(req.route(), "/notes/{id}/{path...}");
    EXPECT_EQ(req.path_param("id"), "7");
    EXPECT_EQ(req.path_param("path"), "a b/c");
    EXPECT_EQ(req.path_param_as<int>("id"), 7);
    EXPECT_EQ(status_of([&] { req.path_param_as<int>("path"); }), status::bad_request);
}

TEST(request, throws_out_of_range_for_a_parameter_that_its_route_lacks)
{
    routed_request routed("/notes/{id}", "/notes/7");
    sample_request unrouted(method::get, "/");

    EXPECT_THROW(routed.get().path_param("name"), std::out_of_range);
    EXPECT_THROW(unrouted.get().path_param("id"), std::out_of_range);
}

TEST(request, reads_a_body_of_known_length_to_its_end)
{
    test_run       run;
    const auto     bytes = std::string(100'000, 'x').append("end");
    sample_request sample(method::post, "/");
    sample.body(bytes, 7'000);

    EXPECT_EQ(run(sample.get().read_all(run.ctx())), bytes);
}

TEST(request, reads_a_chunked_body_to_its_end)
{
    test_run       run;
    const auto     bytes = std::string(100'000, 'x').append("end");
    sample_request sample(method::post, "/");
    sample.chunked(bytes, 70'000);

    EXPECT_EQ(run(sample.get().read_all(run.ctx())), bytes);
}

TEST(request, has_an_empty_body_if_it_has_none)
{
    test_run       run;
    sample_request sample(method::get, "/");
    sample.data().source = nullptr;
    char byte;

    EXPECT_EQ(run(sample.get().read_all(run.ctx())), "");
    EXPECT_EQ(run(sample.get().read_some(run.ctx(), boost::asio::buffer(&byte, 1))), 0u);
}

TEST(request, answers_413_to_a_body_beyond_the_limit_that_was_asked_for)
{
    test_run       run;
    sample_request announced(method::post, "/");
    announced.body("12345");
    sample_request chunked(method::post, "/");
    chunked.chunked("12345");
    sample_request fits(method::post, "/");
    fits.chunked("1234");

    EXPECT_EQ(status_of([&] { run(announced.get().read_all(run.ctx(), 4)); }), status::content_too_large);
    EXPECT_EQ(status_of([&] { run(chunked.get().read_all(run.ctx(), 4)); }), status::content_too_large);
    EXPECT_EQ(run(fits.get().read_all(run.ctx(), 4)), "1234");
}

TEST(request, reads_a_form)
{
    test_run       run;
    sample_request sample(method::post, "/");
    sample.header("content-type", "application/x-www-form-urlencoded; charset=utf-8").body("title=a+b&text=%C3%A9");

    const auto form = run(sample.get().read_form(run.ctx()));

    EXPECT_EQ(form.find("title"), "a b");
    EXPECT_EQ(form.find("text"), "\u00e9");
}

TEST(request, answers_415_or_400_to_what_is_no_form)
{
    test_run       run;
    sample_request text(method::post, "/");
    text.header("content-type", "text/plain").body("a=1");
    sample_request malformed(method::post, "/");
    malformed.header("content-type", "application/x-www-form-urlencoded").body("a=%");

    EXPECT_EQ(status_of([&] { run(text.get().read_form(run.ctx())); }), status::unsupported_media_type);
    EXPECT_EQ(status_of([&] { run(malformed.get().read_form(run.ctx())); }), status::bad_request);
}

}  // namespace
}  // namespace curfew
