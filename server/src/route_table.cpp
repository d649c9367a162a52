#include "route_table.hpp"

#include "path_pattern.hpp"

#include <algorithm>
#include <mutex>
#include <set>
#include <stdexcept>
#include <utility>

namespace curfew::detail {
namespace {

constexpr std::size_t index_of(method m)
{
    return static_cast<std::size_t>(m);
}

handler always_problem(status code, std::string detail)
{
    return [code, detail = std::move(detail)](const context&, request) { return problem_response(code, detail); };
}

handler unknown_method()
{
    return always_problem(status::not_implemented, "the method is not implemented");
}

handler refusal_of_method(std::string allow)
{
    return [allow = std::move(allow)](const context&, request) {
        return problem_response(status::method_not_allowed).header("Allow", allow);
    };
}

handler list_of_methods(std::string allow)
{
    return [allow = std::move(allow)](const context&, request) { return no_content().header("Allow", allow); };
}

/// The value of `Allow` for the methods that `has(method)` is true for, and OPTIONS.
template <class F>
std::string allow_value(F has)
{
    std::string allow;
    for (const auto m : {method::get, method::head, method::post, method::put, method::patch, method::delete_, method::trace,
                         method::options}) {
        if (has(m) || m == method::options)
            allow.append(allow.empty() ? "" : ", ").append(to_string(m));
    }
    return allow;
}

std::string describe(const route& r)
{
    return (r.method ? std::string(to_string(*r.method)) : "any method") + " '" + r.pattern + "'";
}

/// For contexts and causes, which may outlive every table: so a name is kept until the process ends. There are no more of
/// them than the program has routes.
const char* kept(std::string name)
{
    static std::mutex            mutex;
    static std::set<std::string> names;
    const std::lock_guard        lock(mutex);
    return names.insert(std::move(name)).first->c_str();
}

std::string name_of(const route& r)
{
    if (!r.options.name.empty()) return r.options.name;
    return r.method ? std::string(to_string(*r.method)).append(" ").append(r.pattern) : r.pattern;
}

}  // namespace

struct route_table::draft {
    path_entry            by_method{};
    const compiled_route* any = nullptr;
    const route*          first;  // its middlewares surround the path's automatic answers
};

route_table::route_table(const router& routes)
{
    std::vector<draft> drafts;
    for (const auto& route : routes.routes())
        add(route, drafts);

    std::array<bool, method_count> anywhere{};
    for (const auto& one : drafts) {
        paths_.push_back(complete(one));
        for (std::size_t m = 0; m != method_count; ++m)
            anywhere[m] = anywhere[m] || one.any || one.by_method[m];
    }
    anywhere[index_of(method::head)] |= anywhere[index_of(method::get)];

    const auto& around = routes.middlewares();
    not_found_         = add_answer("", around, always_problem(status::not_found, ""));
    malformed_target_  = add_answer("", around, always_problem(status::bad_request, "the request target is malformed"));
    unknown_method_    = add_answer("", around, unknown_method());
    refused_           = add_answer("", around, always_problem(status::bad_request, ""));
    whole_server_      = add_answer(
        "", around, list_of_methods(allow_value([&](method m) { return anywhere[index_of(m)]; })));
}

const compiled_route& route_table::find(method method, std::string_view path, path_match& match) const
{
    if (!path.starts_with('/')) {
        match.clear();
        if (method == method::connect)
            return *unknown_method_;
        return path == "*" && method == method::options ? *whole_server_ : *malformed_target_;
    }
    const auto found = tree_.find(path, match);
    if (found < paths_.size())
        return *paths_[found][index_of(method)];
    return found == path_tree::no_match ? *not_found_ : *malformed_target_;
}

void route_table::add(const route& added, std::vector<draft>& drafts)
{
    const auto pattern = parse_path_pattern(added.pattern);
    const auto id      = tree_.insert(pattern, static_cast<path_tree::id>(drafts.size()));
    if (id == drafts.size())
        drafts.push_back({{}, nullptr, &added});

    auto& slot = added.method ? drafts[id].by_method[index_of(*added.method)] : drafts[id].any;
    if (slot)
        throw std::invalid_argument("route " + describe(added) + ": '" + slot->pattern + "' already has a handler for that");

    std::vector<std::string> parameters;
    for (const auto& segment : pattern) {
        if (segment.what != pattern_segment::kind::literal)
            parameters.push_back(segment.text);
    }
    slot = &routes_.emplace_back(compiled_route{added.pattern, std::move(parameters), chain(added.around, added.answer),
                                                  added.options, kept(name_of(added))});
}

/// Gives every method of a path an answer.
route_table::path_entry route_table::complete(const draft& one)
{
    const auto& pattern = one.first->pattern;
    const auto& around  = one.first->around;
    auto        entry   = one.by_method;
    if (!entry[index_of(method::head)])
        entry[index_of(method::head)] = entry[index_of(method::get)];

    const auto allow = allow_value([&](method m) { return entry[index_of(m)] != nullptr; });
    if (one.any) {
        std::replace(entry.begin(), entry.end(), static_cast<const compiled_route*>(nullptr), one.any);
    } else {
        if (!entry[index_of(method::options)])
            entry[index_of(method::options)] = add_answer(pattern, around, list_of_methods(allow));
        std::replace(entry.begin(), entry.end(), static_cast<const compiled_route*>(nullptr),
                     add_answer(pattern, around, refusal_of_method(allow)));
    }
    entry[index_of(method::unknown)] = entry[index_of(method::connect)] = add_answer(pattern, around, unknown_method());
    return entry;
}

const compiled_route* route_table::add_answer(const std::string& pattern, const std::vector<middleware>& around, handler answer)
{
    return &routes_.emplace_back(compiled_route{pattern, {}, chain(around, std::move(answer)), {},
                                                 pattern.empty() ? "no route" : kept(pattern)});
}

}  // namespace curfew::detail
