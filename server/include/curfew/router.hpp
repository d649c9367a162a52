// Which handler answers which request.
#pragma once

#include <curfew/detail/route.hpp>
#include <curfew/handler.hpp>
#include <curfew/method.hpp>
#include <curfew/middleware.hpp>
#include <curfew/route_options.hpp>

#include <concepts>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace curfew {

/// Collects routes and the middlewares around them. A value; the server takes it, and all its threads share it.
///
/// A pattern is a path: `/notes`, `/notes/{id}` with a parameter for one segment, `/files/{path...}` with one for the rest.
/// `/notes` and `/notes/` are two paths. Where several patterns match, segment by segment from the left a literal wins over
/// a parameter, and a parameter over a rest; the winner decides, whatever its methods.
///
/// The rest is automatic: `HEAD` is answered by the `GET` handler, without its body; `OPTIONS` with 204 and `Allow`, `OPTIONS *`
/// too; a method that the path does not have with 405 and `Allow`; a path that no pattern matches with 404. These answers
/// run through middlewares too: those of the path's first route, for a 404 the router's own. For a 404 of your own:
/// `any("/{path...}", handler)`.
///
/// Errors: a mistake ends the program's start, not a request: `std::invalid_argument` for a malformed pattern, or for a
///         second handler for the same method and path; `std::logic_error` for `use` after a route.
class router {
public:
    /// Adds a middleware around every route of this router; the first one added is the outermost.
    router& use(middleware around);

    router& get(std::string_view pattern, handler answer, route_options options = {});
    router& post(std::string_view pattern, handler answer, route_options options = {});
    router& put(std::string_view pattern, handler answer, route_options options = {});
    router& patch(std::string_view pattern, handler answer, route_options options = {});
    router& del(std::string_view pattern, handler answer, route_options options = {});
    router& head(std::string_view pattern, handler answer, route_options options = {});
    router& options(std::string_view pattern, handler answer, route_options options = {});

    /// Adds a handler for one method. Preconditions: neither `unknown` nor `connect`, which has no path.
    router& route(curfew::method method, std::string_view pattern, handler answer, route_options options = {});

    /// Adds a handler for all methods that the path has no handler of its own for.
    router& any(std::string_view pattern, handler answer, route_options options = {});

    /// Adds the routes that `fill(router&)` registers, under a prefix such as `/api`, inside this router's middlewares.
    /// In a group the pattern of the prefix itself is empty.
    template <std::invocable<router&> F>
    router& group(std::string_view prefix, F fill)
    {
        router inner;
        fill(inner);
        return mount(prefix, std::move(inner));
    }

    /// The same without a prefix: for routes that share middlewares.
    template <std::invocable<router&> F>
    router& group(F fill)
    {
        return group({}, std::move(fill));
    }

    /// Adds the routes of another router, under a prefix. Its 404 and its `OPTIONS *` stay behind.
    router& mount(std::string_view prefix, router inner);

    const std::vector<detail::route>& routes() const noexcept { return routes_; }
    const std::vector<middleware>&    middlewares() const noexcept { return around_; }

private:
    router& add(std::optional<curfew::method> method, std::string_view pattern, handler answer, route_options options);

    std::vector<middleware>    around_;
    std::vector<detail::route> routes_;
    bool                       begun_ = false;  ///< A route, group or mount was added: too late for `use`.
};

}  // namespace curfew
