#include "path_tree.hpp"

#include <gtest/gtest.h>

#include <initializer_list>
#include <string>
#include <vector>

namespace curfew::detail {
namespace {

/// A tree of patterns, numbered in their order, that answers with the pattern and its values: `/notes/{id}: 7`.
class tree_of {
public:
    tree_of(std::initializer_list<std::string> patterns) : patterns_(patterns)
    {
        for (path_tree::id i = 0; i != patterns_.size(); ++i)
            tree_.insert(parse_path_pattern(patterns_[i]), i);
    }

    std::string find(std::string_view path)
    {
        const auto found = tree_.find(path, match_);
        if (found == path_tree::no_match)
            return "nothing";
        if (found == path_tree::malformed)
            return "malformed";
        auto answer = patterns_[found];
        for (std::size_t i = 0; i != match_.size(); ++i)
            answer += (i == 0 ? ": " : ", ") + std::string(match_[i]);
        return answer;
    }

private:
    std::vector<std::string> patterns_;
    path_tree                tree_;
    path_match               match_;
};

TEST(path_tree, finds_literal_paths)
{
    tree_of tree{"/", "/notes", "/notes/", "/notes/archive", "/notebooks"};

    EXPECT_EQ(tree.find("/"), "/");
    EXPECT_EQ(tree.find("/notes"), "/notes");
    EXPECT_EQ(tree.find("/notes/"), "/notes/");
    EXPECT_EQ(tree.find("/notes/archive"), "/notes/archive");
    EXPECT_EQ(tree.find("/note"), "nothing");
    EXPECT_EQ(tree.find("/notes/archive/"), "nothing");
    EXPECT_EQ(tree.find("//"), "nothing");
}

TEST(path_tree, gives_the_values_of_parameters)
{
    tree_of tree{"/notes/{id}", "/notes/{id}/tags/{tag}"};

    EXPECT_EQ(tree.find("/notes/7"), "/notes/{id}: 7");
    EXPECT_EQ(tree.find("/notes/7/tags/red"), "/notes/{id}/tags/{tag}: 7, red");
}

TEST(path_tree, matches_no_parameter_with_an_empty_segment)
{
    tree_of tree{"/notes/{id}", "/notes/{id}/tags"};

    EXPECT_EQ(tree.find("/notes/"), "nothing");
    EXPECT_EQ(tree.find("/notes//tags"), "nothing");
}

TEST(path_tree, gives_the_rest_of_a_path_with_its_slashes)
{
    tree_of tree{"/files/{path...}"};

    EXPECT_EQ(tree.find("/files/a/b//c/"), "/files/{path...}: a/b//c/");
    EXPECT_EQ(tree.find("/files/"), "/files/{path...}: ");
    EXPECT_EQ(tree.find("/files"), "nothing");
}

TEST(path_tree, prefers_a_literal_to_a_parameter_and_a_parameter_to_a_rest)
{
    tree_of tree{"/{rest...}", "/{name}", "/me"};

    EXPECT_EQ(tree.find("/me"), "/me");
    EXPECT_EQ(tree.find("/you"), "/{name}: you");
    EXPECT_EQ(tree.find("/you/two"), "/{rest...}: you/two");
}

TEST(path_tree, goes_back_when_the_better_segment_leads_nowhere)
{
    tree_of tree{"/users/me/photo", "/users/{id}/posts", "/users/{id...}"};

    EXPECT_EQ(tree.find("/users/me/posts"), "/users/{id}/posts: me");
    EXPECT_EQ(tree.find("/users/me/likes"), "/users/{id...}: me/likes");
}

TEST(path_tree, decodes_parameters_after_it_cut_the_path_into_segments)
{
    tree_of tree{"/notes/{id}", "/notes/{id}/{part}"};

    EXPECT_EQ(tree.find("/notes/a%20b"), "/notes/{id}: a b");
    EXPECT_EQ(tree.find("/notes/a%2Fb"), "/notes/{id}: a/b");
    EXPECT_EQ(tree.find("/notes/%41/%42"), "/notes/{id}/{part}: A, B");
    EXPECT_EQ(tree.find("/n%6ftes/7"), "/notes/{id}: 7");
}

TEST(path_tree, tells_a_malformed_encoding_from_a_path_that_is_not_there)
{
    tree_of tree{"/{path...}"};

    for (const auto* path : {"/%", "/a%2", "/%zz/b", "/%00"})
        EXPECT_EQ(tree.find(path), "malformed") << path;
}

TEST(path_tree, finds_a_literal_that_can_only_be_written_encoded)
{
    tree_of tree{"/100%25", "/a%2Fb", "/{name}"};

    EXPECT_EQ(tree.find("/100%25"), "/100%25");
    EXPECT_EQ(tree.find("/a%2fb"), "/a%2Fb");
    EXPECT_EQ(tree.find("/100"), "/{name}: 100");
}

TEST(path_tree, matches_no_literal_across_an_encoded_slash)
{
    tree_of tree{"/a/b"};

    EXPECT_EQ(tree.find("/a%2Fb"), "nothing");
    EXPECT_EQ(tree.find("/a%2fb"), "nothing");
}

TEST(path_tree, keeps_an_encoded_slash_encoded_in_a_rest)
{
    tree_of tree{"/files/{path...}"};

    EXPECT_EQ(tree.find("/files/a%20b/c%2Fd/e"), "/files/{path...}: a b/c%2Fd/e");
}

TEST(path_tree, matches_no_dot_segment_encoded_or_not)
{
    tree_of tree{"/files/{path...}", "/notes/{id}"};

    for (const auto* path : {"/files/..", "/files/.", "/files/a/../b", "/files/a/%2e%2E/b", "/files/a/.%2e", "/files/..%2f..", "/notes/..", "/notes/%2E"})
        EXPECT_EQ(tree.find(path), path == std::string("/files/..%2f..") ? "/files/{path...}: ..%2f.." : "nothing") << path;
    EXPECT_EQ(tree.find("/files/...") , "/files/{path...}: ...");
}

TEST(path_tree, keeps_decoded_values_valid_when_it_goes_back)
{
    tree_of tree{"/{a}/{b}/x%20y/end", "/{a}/{b...}"};

    EXPECT_EQ(tree.find("/%41%41/%42%42/x%20y/no"), "/{a}/{b...}: AA, BB/x y/no");
}

TEST(path_tree, gives_more_parameters_than_it_keeps_inline)
{
    tree_of tree{"/{a}/{b}/{c}/{d}/{e}/{f}/{g}/{h}/{i}/{j}", "/{a}/{b}/{c}/{d}/{e}/{f}/{g}/{h}/{i...}"};

    EXPECT_EQ(tree.find("/1/2/3/4/5/6/7/8/9/10"), "/{a}/{b}/{c}/{d}/{e}/{f}/{g}/{h}/{i}/{j}: 1, 2, 3, 4, 5, 6, 7, 8, 9, 10");
    EXPECT_EQ(tree.find("/1/2/3/4/5/6/7/8/9"), "/{a}/{b}/{c}/{d}/{e}/{f}/{g}/{h}/{i...}: 1, 2, 3, 4, 5, 6, 7, 8, 9");
}

TEST(path_tree, finds_the_pattern_of_the_same_shape_on_insertion)
{
    path_tree tree;

    EXPECT_EQ(tree.insert(parse_path_pattern("/notes/{id}"), 0), 0u);
    EXPECT_EQ(tree.insert(parse_path_pattern("/notes/{name}"), 1), 0u);
    EXPECT_EQ(tree.insert(parse_path_pattern("/notes/{name...}"), 1), 1u);
    EXPECT_EQ(tree.insert(parse_path_pattern("/notes/{id...}"), 2), 1u);
}

}  // namespace
}  // namespace curfew::detail
