// The routes of a server, ready for look-up.
#pragma once

#include "chain.hpp"
#include "path_tree.hpp"

#include <curfew/method.hpp>
#include <curfew/route_options.hpp>
#include <curfew/router.hpp>

#include <array>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

namespace curfew::detail {

/// A route as the connection runs it.
struct compiled_route {
    std::string              pattern;     ///< Empty for the answers that no route gave.
    std::vector<std::string> parameters;  ///< Names, in the order of `path_match`.
    chain                    links;
    route_options            options;
    const char*              name;        ///< Of the contexts of its requests; kept until the process ends.
};

/// Finds the route of a request. There always is one: refusals such as 404 are routes, too, with middlewares around them.
///
/// Thread safety: distinct objects safe; shared objects safe to read.
class route_table {
public:
    /// Errors: see `router`.
    explicit route_table(const router& routes);

    route_table(const route_table&)            = delete;
    route_table& operator=(const route_table&) = delete;

    /// Returns the route for a method and a path as `request_head` has them, and leaves the path's parameters in `match`.
    ///
    /// No allocation, unless the path is percent-encoded and longer than any before it, or has more than eight parameters.
    /// Lifetime: the route lives as long as the table; the parameters are views into `path` and `match`.
    const compiled_route& find(method method, std::string_view path, path_match& match) const;

    /// Returns what stands for the route of a request whose head was refused: it is answered already, and only the
    /// `finished` hooks of the router's own middlewares are left to run.
    const compiled_route& refused() const noexcept { return *refused_; }

private:
    static constexpr std::size_t method_count = static_cast<std::size_t>(method::patch) + 1;

    /// One path: what it answers to each method. Complete: methods without a handler have a refusal.
    using path_entry = std::array<const compiled_route*, method_count>;

    struct draft;

    void                  add(const route& added, std::vector<draft>& drafts);
    path_entry            complete(const draft& one);
    const compiled_route* add_answer(const std::string& pattern, const std::vector<middleware>& around, handler answer);

    std::deque<compiled_route> routes_;  // a deque: the others point into it
    std::vector<path_entry>    paths_;
    path_tree                  tree_;
    const compiled_route*      not_found_;
    const compiled_route*      malformed_target_;
    const compiled_route*      unknown_method_;
    const compiled_route*      refused_;
    const compiled_route*      whole_server_;  // `OPTIONS *`
};

}  // namespace curfew::detail
