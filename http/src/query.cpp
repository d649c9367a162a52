#include <curfew/query.hpp>

#include <curfew/detail/ascii.hpp>

#include <boost/url/encode.hpp>
#include <boost/url/encoding_opts.hpp>
#include <boost/url/pct_string_view.hpp>
#include <boost/url/rfc/unreserved_chars.hpp>

#include <algorithm>

namespace curfew {

namespace urls = boost::urls;

namespace {

urls::encoding_opts form_encoding() noexcept
{
    urls::encoding_opts options;
    options.space_as_plus = true;
    return options;
}

std::optional<std::string> form_decode(std::string_view text)
{
    const auto encoded = urls::make_pct_string_view(text);
    if (!encoded)
        return std::nullopt;
    return encoded->decode(form_encoding());
}

std::string form_encode(std::string_view text)
{
    return urls::encode(text, urls::unreserved_chars, form_encoding());
}

} // namespace

std::optional<std::string_view> query_params::find(std::string_view name) const noexcept
{
    const auto found = std::ranges::find(params_, name, &query_param::name);
    return found == params_.end() ? std::nullopt : std::optional<std::string_view>(found->value);
}

std::vector<std::string_view> query_params::find_all(std::string_view name) const
{
    std::vector<std::string_view> values;
    for (const auto& param : params_)
        if (param.name == name)
            values.push_back(param.value);
    return values;
}

std::optional<query_params> parse_query(std::string_view text)
{
    std::vector<query_param> params;
    while (!text.empty()) {
        auto value = detail::take_until(text, '&');
        if (value.empty())
            continue;
        auto decoded_name = form_decode(detail::take_until(value, '='));
        auto decoded_value = form_decode(value);
        if (!decoded_name || !decoded_value)
            return std::nullopt;
        params.push_back({*std::move(decoded_name), *std::move(decoded_value)});
    }
    return query_params(std::move(params));
}

std::string format_query(const query_params& params)
{
    std::string text;
    for (const auto& param : params) {
        if (!text.empty())
            text += '&';
        text += form_encode(param.name) + '=' + form_encode(param.value);
    }
    return text;
}

} // namespace curfew
