#pragma once
// What the namespace knows about one path. Plain data; the tables that keep it are in tables.cc.
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"

namespace axonite::lake {

// Headers and metadata that travel with the content.
struct Properties {
  std::string content_type, content_encoding, content_language, content_disposition, cache_control;
  std::string content_md5;  // raw bytes
  std::map<std::string, std::string> metadata;
};

enum class LeaseState { available, leased, expired, breaking, broken };

struct Lease {
  std::string id;
  std::int64_t seconds = 0;  // -1 = infinite
  Time end{};                // when it expires or the break completes
  bool is_breaking = false;
  LeaseState state(Time now) const;
  bool is_active(Time now) const;
};

struct Node {
  std::int64_t id = 0;
  std::int64_t parent = 0;
  std::string name;
  std::string path;  // from the root of its file system; filled by whoever resolved it
  bool is_directory = false;
  bool is_append_blob = false;
  std::uint64_t size = 0;
  std::int64_t version = 0;  // strictly grows with every change of the node; printed as its etag
  Time created{}, modified{};
  Properties properties;
  std::string tier;  // as it was set: Hot, Cool, Cold, Archive; empty = the account's own
  std::string owner, group;
  std::string acl;  // "user::rwx,group::r-x,other::---[,mask::…][,user:oid:…][,default:…]"
  Lease lease;
  std::string etag() const;  // 0x8DE…, without quotes
};

// A run of committed bytes: a whole chunk, which lies in the database or in a file of its own.
struct Extent {
  std::uint64_t start = 0;
  std::uint64_t size = 0;
  std::int64_t chunk = 0;
  std::string file;      // empty when the chunk's bytes are in the database
  std::string block_id;  // base64 as the client sent it; empty for appends
};

// A node with its content as it was at one moment. Small content is right here.
struct Snapshot {
  Node node;
  std::shared_ptr<const std::string> bytes;  // set when the content is inline
  std::vector<Extent> extents;
};

}  // namespace axonite::lake
