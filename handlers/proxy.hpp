// GET /proxy?url=…: passes on what another service answers, if its origin is one of those that were configured.
#pragma once

#include <curfew/client.hpp>
#include <curfew/context.hpp>
#include <curfew/request.hpp>
#include <curfew/response.hpp>
#include <curfew/task.hpp>

#include <string>
#include <vector>

namespace demo {

class proxy {
public:
    /// `origins`: such as `http://127.0.0.1:8080`.
    explicit proxy(std::vector<std::string> origins);

    /// Answers with status, type and body of the other service's answer; the body passes through as it comes.
    curfew::task<curfew::response> answer(curfew::context ctx, curfew::request req);

private:
    std::vector<std::string> origins_;
    curfew::client           api_;
};

}  // namespace demo
