#include "hello.hpp"

#include <curfew/json.hpp>

namespace demo {

curfew::response hello(curfew::context, curfew::request req)
{
    return curfew::json(curfew::status::ok, {{"message", "hello, " + req.path_param("name")}});
}

}  // namespace demo
