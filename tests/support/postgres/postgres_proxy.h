// A way to a Postgres server on which COMMITs get lost.
#pragma once

#include <atomic>
#include <filesystem>
#include <list>
#include <string>
#include <thread>

namespace parlance::test {

// Passes the bytes of every connection on, between a Unix socket in its own folder and the
// server's. What happens to the next COMMIT is the test's to say; after it the proxy passes
// everything again.
class PostgresProxy {
 public:
  enum class NextCommit {
    kPass,
    kLoseAnswer,   // the server commits, its answer and the connection are lost
    kLoseRequest,  // the connection is lost before the server hears of it
    kHold,         // the client loses its connection, the server hears of it at release()
  };

  // Of the folder that holds the server's socket.
  explicit PostgresProxy(const std::filesystem::path& server_folder);
  ~PostgresProxy();
  PostgresProxy(const PostgresProxy&) = delete;
  PostgresProxy& operator=(const PostgresProxy&) = delete;

  std::string address(const std::string& database) const;

  void next_commit(NextCommit what) { next_commit_ = what; }

  // Gives the held COMMIT to the server.
  void release() { release_ = true; }

 private:
  struct Pair {
    int client = -1;
    int server = -1;
    std::string held;
    bool answer_lost = false;
  };

  void loop();
  void accept_one();
  // False where the connection is over.
  bool pass_on(Pair& pair, short client_events, short server_events);
  bool pass_request(Pair& pair);

  std::filesystem::path folder_;
  std::string server_socket_;
  int listener_ = -1;
  std::atomic<NextCommit> next_commit_{NextCommit::kPass};
  std::atomic<bool> release_{false};
  std::atomic<bool> stopping_{false};
  std::list<Pair> pairs_;
  std::thread thread_;
};

}  // namespace parlance::test
