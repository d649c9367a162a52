#include <curfew/router.hpp>

#include "path_pattern.hpp"

#include <stdexcept>

namespace curfew {
namespace {

/// A prefix is a pattern without a rest, or empty. Throws `std::invalid_argument`.
void check_prefix(std::string_view prefix)
{
    if (prefix.empty())
        return;
    if (detail::parse_path_pattern(prefix).back().what == detail::pattern_segment::kind::rest || prefix.back() == '/')
        throw std::invalid_argument("path prefix '" + std::string(prefix) + "': it ends in '/' or in a '{name...}'");
}

}  // namespace

router& router::use(middleware around)
{
    if (begun_)
        throw std::logic_error("router::use after a route: the routes before it would not have the middleware");
    around_.push_back(std::move(around));
    return *this;
}

router& router::get(std::string_view pattern, handler answer, route_options options)
{
    return add(method::get, pattern, std::move(answer), std::move(options));
}

router& router::post(std::string_view pattern, handler answer, route_options options)
{
    return add(method::post, pattern, std::move(answer), std::move(options));
}

router& router::put(std::string_view pattern, handler answer, route_options options)
{
    return add(method::put, pattern, std::move(answer), std::move(options));
}

router& router::patch(std::string_view pattern, handler answer, route_options options)
{
    return add(method::patch, pattern, std::move(answer), std::move(options));
}

router& router::del(std::string_view pattern, handler answer, route_options options)
{
    return add(method::delete_, pattern, std::move(answer), std::move(options));
}

router& router::head(std::string_view pattern, handler answer, route_options options)
{
    return add(method::head, pattern, std::move(answer), std::move(options));
}

router& router::options(std::string_view pattern, handler answer, route_options options)
{
    return add(method::options, pattern, std::move(answer), std::move(options));
}

router& router::route(curfew::method method, std::string_view pattern, handler answer, route_options options)
{
    if (method == method::unknown || method == method::connect)
        throw std::invalid_argument("route '" + std::string(pattern) + "': a method that no route can have");
    return add(method, pattern, std::move(answer), std::move(options));
}

router& router::any(std::string_view pattern, handler answer, route_options options)
{
    return add(std::nullopt, pattern, std::move(answer), std::move(options));
}

router& router::mount(std::string_view prefix, router inner)
{
    check_prefix(prefix);
    begun_ = true;
    for (auto& route : inner.routes_) {
        route.pattern.insert(0, prefix);
        route.around.insert(route.around.begin(), around_.begin(), around_.end());
        routes_.push_back(std::move(route));
    }
    return *this;
}

router& router::add(std::optional<curfew::method> method, std::string_view pattern, handler answer, route_options options)
{
    if (!pattern.empty())  // the pattern of a group's prefix itself; anywhere else the route table refuses it
        detail::parse_path_pattern(pattern);
    begun_ = true;
    routes_.push_back({method, std::string(pattern), around_, std::move(answer), std::move(options)});
    return *this;
}

}  // namespace curfew
