#include <curfew/conditional.hpp>

#include <curfew/etag.hpp>

#include <utility>

namespace curfew {

response with_etag(const request& req, response answer)
{
    const bool reads = req.method() == method::get || req.method() == method::head;
    if (!reads || answer.status() != status::ok || (answer.stream() && !answer.headers().contains("ETag")))
        return answer;
    if (!answer.headers().contains("ETag"))
        answer.header("ETag", make_etag(answer.body()));

    const auto tag = *answer.headers().find("ETag");
    for (const auto known : req.header_all("If-None-Match")) {
        if (!if_none_match_matches(known, tag))
            continue;
        response unchanged(status::not_modified);
        unchanged.headers() = answer.headers();
        unchanged.headers().erase("Content-Type");
        return unchanged;
    }
    return answer;
}

}  // namespace curfew
