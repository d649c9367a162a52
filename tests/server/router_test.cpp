#include <curfew/router.hpp>

#include "route_table.hpp"
#include "run.hpp"
#include "sample_request.hpp"

#include <gtest/gtest.h>

#include <stdexcept>
#include <string>

namespace curfew {
namespace {

response home(context, request)
{
    return text(status::ok, "handler");
}

/// Leaves its mark on the answer.
struct mark {
    std::string name;
    void        after(const context&, const request&, response& res) const { res.body() += " " + name; }
};

/// What `routes` answers, marks included.
std::string body(const router& routes, method verb, std::string_view target)
{
    test_run                  run;
    const detail::route_table table(routes);
    sample_request            sample(verb, target);
    const auto&               route = table.find(verb, target, sample.data().params);
    sample.data().route             = &route;
    std::size_t ran                 = 0;
    route.links.before(run.ctx(), sample.get(), ran);
    auto answer = run(route.links.start(run.ctx(), sample.get()));
    if (answer.status() != status::ok)
        answer.body() = std::to_string(to_int(answer.status()));
    route.links.after(run.ctx(), sample.get(), answer, ran);
    return answer.body();
}

TEST(router, puts_its_middlewares_around_every_route_outermost_first)
{
    router routes;
    routes.use(mark{"outer"}).use(mark{"inner"});
    routes.get("/", home);

    EXPECT_EQ(body(routes, method::get, "/"), "handler inner outer");
}

TEST(router, puts_its_middlewares_around_automatic_answers_too)
{
    router routes;
    routes.use(mark{"outer"});
    routes.get("/", home);
    routes.group("/api", [](router& api) {
        api.use(mark{"api"});
        api.get("/notes", home);
    });

    EXPECT_EQ(body(routes, method::get, "/nowhere"), "404 outer");
    EXPECT_EQ(body(routes, method::post, "/"), "405 outer");
    EXPECT_EQ(body(routes, method::post, "/api/notes"), "405 api outer");
    EXPECT_EQ(body(routes, method::options, "/api/notes"), "204 api outer");
    EXPECT_EQ(body(routes, method::options, "*"), "204 outer");
}

TEST(router, refuses_a_middleware_after_a_route)
{
    router after_route;
    after_route.get("/", home);
    router after_group;
    after_group.group([](router&) {});
    router after_mount;
    after_mount.mount("/api", router());

    EXPECT_THROW(after_route.use(mark{"late"}), std::logic_error);
    EXPECT_THROW(after_group.use(mark{"late"}), std::logic_error);
    EXPECT_THROW(after_mount.use(mark{"late"}), std::logic_error);
}

TEST(router, gives_a_group_its_prefix_and_its_own_middlewares_inside_the_routers)
{
    router routes;
    routes.use(mark{"all"});
    routes.group("/notes", [](router& notes) {
        notes.use(mark{"notes"});
        notes.get("", home);
        notes.get("/{id}", home);
    });
    routes.get("/other", home);

    EXPECT_EQ(body(routes, method::get, "/notes"), "handler notes all");
    EXPECT_EQ(body(routes, method::get, "/notes/7"), "handler notes all");
    EXPECT_EQ(body(routes, method::get, "/other"), "handler all");
}

TEST(router, nests_groups)
{
    router routes;
    routes.group("/a", [](router& a) {
        a.use(mark{"a"});
        a.group("/{b}", [](router& b) {
            b.use(mark{"b"});
            b.get("/c", home);
        });
    });

    EXPECT_EQ(body(routes, method::get, "/a/x/c"), "handler b a");
}

TEST(router, mounts_another_router_under_a_prefix)
{
    router notes;
    notes.use(mark{"notes"});
    notes.get("/notes", home);
    router routes;
    routes.mount("/v1", notes).mount("/v2", notes);

    EXPECT_EQ(body(routes, method::get, "/v1/notes"), "handler notes");
    EXPECT_EQ(body(routes, method::get, "/v2/notes"), "handler notes");
    EXPECT_EQ(body(routes, method::get, "/notes"), "404");
}

TEST(router, refuses_malformed_patterns_and_prefixes_at_once)
{
    router routes;

    EXPECT_THROW(routes.get("notes", home), std::invalid_argument);
    EXPECT_THROW(routes.get("/{id", home), std::invalid_argument);
    EXPECT_THROW(routes.mount("api", router()), std::invalid_argument);
    EXPECT_THROW(routes.mount("/api/", router()), std::invalid_argument);
    EXPECT_THROW(routes.mount("/{path...}", router()), std::invalid_argument);
}

TEST(router, refuses_methods_that_no_route_can_have)
{
    router routes;

    EXPECT_THROW(routes.route(method::unknown, "/", home), std::invalid_argument);
    EXPECT_THROW(routes.route(method::connect, "/", home), std::invalid_argument);
    EXPECT_NO_THROW(routes.route(method::trace, "/", home));
}

TEST(router, refuses_an_empty_pattern_outside_of_a_group)
{
    router routes;
    routes.get("", home);

    EXPECT_THROW(detail::route_table table(routes), std::invalid_argument);
}

TEST(router, refuses_a_parameter_that_the_prefix_has_already)
{
    router routes;
    routes.group("/{id}", [](router& inner) { inner.get("/{id}", home); });

    EXPECT_THROW(detail::route_table table(routes), std::invalid_argument);
}

}  // namespace
}  // namespace curfew
