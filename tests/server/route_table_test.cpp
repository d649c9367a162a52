#include "route_table.hpp"

#include "run.hpp"
#include "sample_request.hpp"

#include <gtest/gtest.h>

#include <stdexcept>
#include <string>

namespace curfew::detail {
namespace {

handler says(std::string body)
{
    return [body = std::move(body)](context, request) { return text(status::ok, body); };
}

/// A table, and what it answers.
class served {
public:
    explicit served(const router& routes) : table_(routes) {}

    response answer(method verb, std::string_view target)
    {
        test_run       run;
        sample_request sample(verb, target);
        const auto&    route = table_.find(verb, sample.get().path(), sample.data().params);
        sample.data().route  = &route;
        return run(route.links.start_at(0, run.ctx(), sample.get()));
    }

    std::string body(method verb, std::string_view target) { return answer(verb, target).body(); }
    status      status_of(method verb, std::string_view target) { return answer(verb, target).status(); }
    std::string allow(method verb, std::string_view target)
    {
        const auto res = answer(verb, target);
        return std::string(res.headers().find("Allow").value_or("no Allow"));
    }

    route_table& table() { return table_; }

private:
    route_table table_;
};

TEST(route_table, picks_the_handler_of_path_and_method)
{
    served all(router()
                   .get("/notes", says("list"))
                   .post("/notes", says("create"))
                   .get("/notes/{id}", says("show"))
                   .put("/notes/{id}", says("replace"))
                   .patch("/notes/{id}", says("change"))
                   .del("/notes/{id}", says("delete")));

    EXPECT_EQ(all.body(method::get, "/notes"), "list");
    EXPECT_EQ(all.body(method::post, "/notes"), "create");
    EXPECT_EQ(all.body(method::get, "/notes/7"), "show");
    EXPECT_EQ(all.body(method::put, "/notes/7"), "replace");
    EXPECT_EQ(all.body(method::patch, "/notes/7"), "change");
    EXPECT_EQ(all.body(method::delete_, "/notes/7"), "delete");
}

TEST(route_table, answers_404_to_a_path_that_no_pattern_matches)
{
    served all(router().get("/notes", says("list")));

    EXPECT_EQ(all.status_of(method::get, "/note"), status::not_found);
    EXPECT_EQ(all.status_of(method::options, "/note"), status::not_found);
    EXPECT_EQ(all.answer(method::get, "/note").content_type(), "application/problem+json");
}

TEST(route_table, answers_405_and_the_methods_allowed)
{
    served all(router().get("/", says("home")).post("/notes", says("create")).del("/notes", says("clear")));

    EXPECT_EQ(all.status_of(method::post, "/"), status::method_not_allowed);
    EXPECT_EQ(all.allow(method::post, "/"), "GET, HEAD, OPTIONS");
    EXPECT_EQ(all.allow(method::get, "/notes"), "POST, DELETE, OPTIONS");
    EXPECT_EQ(all.status_of(method::head, "/notes"), status::method_not_allowed);
    EXPECT_EQ(all.status_of(method::trace, "/notes"), status::method_not_allowed);
}

TEST(route_table, answers_head_with_the_handler_of_get_unless_it_has_its_own)
{
    served all(router().get("/a", says("get a")).get("/b", says("get b")).head("/b", says("head b")));

    EXPECT_EQ(all.body(method::head, "/a"), "get a");
    EXPECT_EQ(all.body(method::head, "/b"), "head b");
}

TEST(route_table, answers_options_with_the_methods_unless_it_has_a_handler)
{
    served all(router().get("/a", says("get")).patch("/a", says("patch")).options("/b", says("own")));

    EXPECT_EQ(all.status_of(method::options, "/a"), status::no_content);
    EXPECT_EQ(all.allow(method::options, "/a"), "GET, HEAD, PATCH, OPTIONS");
    EXPECT_EQ(all.body(method::options, "/b"), "own");
}

TEST(route_table, answers_options_for_the_server_as_a_whole)
{
    served all(router().get("/a", says("get")).put("/b", says("put")));

    EXPECT_EQ(all.status_of(method::options, "*"), status::no_content);
    EXPECT_EQ(all.allow(method::options, "*"), "GET, HEAD, PUT, OPTIONS");
    EXPECT_EQ(all.status_of(method::get, "*"), status::bad_request);
}

TEST(route_table, gives_any_the_methods_without_a_handler)
{
    served all(router().any("/a", says("any")).post("/a", says("post")));

    EXPECT_EQ(all.body(method::post, "/a"), "post");
    for (const auto verb : {method::get, method::head, method::put, method::patch, method::delete_, method::options, method::trace})
        EXPECT_EQ(all.body(verb, "/a"), "any") << to_string(verb);
}

TEST(route_table, answers_501_to_connect_and_to_methods_it_does_not_know)
{
    served all(router().any("/a", says("any")));

    EXPECT_EQ(all.status_of(method::connect, ""), status::not_implemented);
    EXPECT_EQ(all.status_of(method::unknown, "/a"), status::not_implemented);
}

TEST(route_table, answers_400_to_a_path_that_cannot_be_decoded)
{
    served all(router().any("/{path...}", says("any")));

    EXPECT_EQ(all.status_of(method::get, "/%"), status::bad_request);
    EXPECT_EQ(all.status_of(method::get, "/a/%g0"), status::bad_request);
    EXPECT_EQ(all.status_of(method::get, "/a%00b"), status::bad_request);
}

TEST(route_table, lets_the_most_specific_path_decide_whatever_its_methods)
{
    served all(router().post("/notes/archive", says("archive")).get("/notes/{id}", says("show")));

    EXPECT_EQ(all.status_of(method::get, "/notes/archive"), status::method_not_allowed);
}

TEST(route_table, names_the_pattern_and_the_parameters_of_a_route)
{
    served     all(router().get("/a/{x}/{y}", says("get")).post("/a/{other}/{names}", says("post")));
    path_match match;

    const auto& get  = all.table().find(method::get, "/a/1/2", match);
    const auto& post = all.table().find(method::post, "/a/1/2", match);
    const auto& put  = all.table().find(method::put, "/a/1/2", match);

    EXPECT_EQ(get.pattern, "/a/{x}/{y}");
    EXPECT_EQ(get.parameters, (std::vector<std::string>{"x", "y"}));
    EXPECT_EQ(post.parameters, (std::vector<std::string>{"other", "names"}));
    EXPECT_EQ(put.pattern, "/a/{x}/{y}");
}

TEST(route_table, keeps_the_options_of_a_route)
{
    route_options options;
    options.on_disconnect = on_disconnect::finish;
    options.body_limit    = 7;
    served     all(router().get("/a", says("a"), options));
    path_match match;

    const auto& found = all.table().find(method::get, "/a", match).options;

    EXPECT_EQ(found.on_disconnect, on_disconnect::finish);
    EXPECT_EQ(found.body_limit, 7u);
    EXPECT_EQ(found.half_close, half_close::cancel);
    EXPECT_EQ(found.timeout, std::nullopt);
}

TEST(route_table, refuses_a_second_handler_for_the_same_method_and_path)
{
    EXPECT_THROW(route_table(router().get("/a", says("1")).get("/a", says("2"))), std::invalid_argument);
    EXPECT_THROW(route_table(router().get("/{a}", says("1")).get("/{b}", says("2"))), std::invalid_argument);
    EXPECT_THROW(route_table(router().get("/{a...}", says("1")).get("/{b...}", says("2"))), std::invalid_argument);
    EXPECT_THROW(route_table(router().any("/a", says("1")).any("/a", says("2"))), std::invalid_argument);
    EXPECT_NO_THROW(route_table(router().get("/{a}", says("1")).get("/{b...}", says("2")).any("/{c}", says("3"))));
}

TEST(route_table, says_which_two_routes_collide)
{
    try {
        route_table(router().get("/notes/{id}", says("1")).get("/notes/{name}", says("2")));
        FAIL() << "accepted";
    } catch (const std::invalid_argument& error) {
        EXPECT_STREQ(error.what(), "route GET '/notes/{name}': '/notes/{id}' already has a handler for that");
    }
}

TEST(route_table, names_each_route_for_the_tree_and_the_log)
{
    router routes;
    routes.get("/notes/{id}", [](context, request) { return response(); });
    routes.put("/notes/{id}", [](context, request) { return response(); }, {.name = "replace a note"});
    routes.any("/any", [](context, request) { return response(); });
    const detail::route_table table(routes);
    path_match                match;
    const auto                name_of = [&](method m, std::string_view path) { return std::string_view(table.find(m, path, match).name); };

    EXPECT_EQ(name_of(method::get, "/notes/7"), "GET /notes/{id}");
    EXPECT_EQ(name_of(method::head, "/notes/7"), "GET /notes/{id}");
    EXPECT_EQ(name_of(method::put, "/notes/7"), "replace a note");
    EXPECT_EQ(name_of(method::post, "/any"), "/any");
    EXPECT_EQ(name_of(method::post, "/notes/7"), "/notes/{id}");
    EXPECT_EQ(name_of(method::get, "/nowhere"), "no route");
    EXPECT_STREQ(table.refused().name, "no route");
}

}  // namespace
}  // namespace curfew::detail
