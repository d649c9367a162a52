#include "answer_writer.hpp"

#include <curfew/detail/ascii.hpp>

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <limits>
#include <string>

namespace curfew::detail {

namespace {

constexpr std::string_view crlf = "\r\n";

// Status line, our own fields and the numbers in them, with room to spare.
constexpr std::size_t fixed_room = 320;

// Writes where room has been made; every call ends in a few moves.
class pen
{
public:
    explicit pen(char* at) noexcept : at_(at) {}

    pen& operator<<(std::string_view text) noexcept
    {
        at_ = std::copy_n(text.data(), text.size(), at_);
        return *this;
    }

    pen& operator<<(std::uint64_t number) noexcept
    {
        at_ = std::to_chars(at_, at_ + std::numeric_limits<std::uint64_t>::digits10 + 1, number).ptr;
        return *this;
    }

    [[nodiscard]] char* end() const noexcept { return at_; }

private:
    char* at_;
};

void put_status_line(pen& to, status s) noexcept
{
    // The usual one in one move. The version is always our own: RFC 9110 §6.2.
    if (s == status::ok) {
        to << "HTTP/1.1 200 OK\r\n";
    } else {
        to << "HTTP/1.1 " << to_int(s) << " " << reason_phrase(s) << crlf;
    }
}

constexpr fields::name_marks reserved_names = fields::mark("date") | fields::mark("connection") | fields::mark("keep-alive") |
                                              fields::mark("content-length") | fields::mark("transfer-encoding");

// Fields that only the server may send. Connection is a handler's own in a 101, where it names the new protocol.
bool is_reserved(std::string_view name, status s) noexcept
{
    switch (name.size()) {
    case 4: return iequals(name, "date");
    case 10: return (s != status::switching_protocols && iequals(name, "connection")) || iequals(name, "keep-alive");
    case 14: return iequals(name, "content-length");
    case 17: return iequals(name, "transfer-encoding");
    default: return false;
    }
}

void put_fields(pen& to, const fields& all, status s) noexcept
{
    std::string_view lines = all.wire();
    if (!all.may_contain(reserved_names)) {
        to << lines;
        return;
    }
    while (!lines.empty()) {
        const std::size_t size      = std::min(lines.find('\n'), lines.size() - 1) + 1;
        const std::string_view line = lines.substr(0, size);
        if (!is_reserved(line.substr(0, line.find(':')), s)) {
            to << line;
        }
        lines.remove_prefix(size);
    }
}

// All but the framing and the empty line.
void put_head(pen& to, const answer_head& head) noexcept
{
    put_status_line(to, head.status);
    to << head.date;
    if (head.close) {
        to << "Connection: close\r\n";
    } else if (head.version == 10) {
        to << "Connection: keep-alive\r\n";
    }
    if (!head.content_type.empty() && allows_content(head.status)) {
        to << "Content-Type: " << head.content_type << crlf;
    }
    if (head.fields) {
        put_fields(to, *head.fields, head.status);
    }
}

std::size_t room_for(const answer_head& head) noexcept
{
    return fixed_room + head.content_type.size() + (head.fields ? head.fields->wire().size() : 0);
}

}  // namespace

void write_answer(output_buffer& out, const answer_head& head, std::string_view content)
{
    pen to(out.prepare(room_for(head) + content.size()));
    put_head(to, head);
    if (!allows_content(head.status)) {
        to << crlf;  // RFC 9110 §8.6: no Content-Length in 1xx and 204; in 304 it would be that of another answer
    } else {
        to << "Content-Length: " << content.size() << "\r\n\r\n";
        if (!head.to_head) {
            to << content;
        }
    }
    out.commit(to.end());
}

body_framing write_stream_head(output_buffer& out, const answer_head& head, std::optional<std::uint64_t> length)
{
    body_framing framing = body_framing::chunked;
    if (!allows_content(head.status)) {
        framing = body_framing::none;
    } else if (length) {
        framing = body_framing::content_length;
    } else if (head.version == 10) {
        framing = body_framing::until_close;
    }

    answer_head sent = head;
    sent.close       = head.close || framing == body_framing::until_close;
    pen to(out.prepare(room_for(sent)));
    put_head(to, sent);
    if (framing == body_framing::content_length) {
        to << "Content-Length: " << *length << crlf;
    } else if (framing == body_framing::chunked) {
        to << "Transfer-Encoding: chunked\r\n";
    }
    to << crlf;
    out.commit(to.end());
    return head.to_head ? body_framing::none : framing;
}

void write_interim(output_buffer& out, status interim)
{
    pen to(out.prepare(fixed_room));
    put_status_line(to, interim);
    to << crlf;
    out.commit(to.end());
}

std::size_t write_refusal(output_buffer& out, const refusal& why, std::string_view date)
{
    std::string problem = R"({"status":)";
    problem += std::to_string(to_int(why.status));
    problem += R"(,"title":")";
    problem += reason_phrase(why.status);
    problem += R"(","detail":")";
    problem += why.reason;
    problem += "\"}\n";

    answer_head head;
    head.status       = why.status;
    head.content_type = "application/problem+json";
    head.date         = date;
    head.close        = true;
    write_answer(out, head, problem);
    return problem.size();
}

}  // namespace curfew::detail
