// What the server answers over HTTP: /v1, health, metrics, further routes, and the web demo.
#pragma once

#include <expected>
#include <string>
#include <vector>

#include "base/executor.h"
#include "base/time.h"
#include "chat/domain/types.h"
#include "signaling/server/http_types.h"

namespace parlance::signaling {

struct ServerState;

// One per thread; keeps nothing of a request.
class HttpApi {
 public:
  explicit HttpApi(ServerState& state);

  // Answers once, now or later, from any thread.
  void handle(const HttpRequest& request, Executor& thread, HttpResponder respond) const;

  // GET /v1/ws: may it become a WebSocket, and whose.
  std::expected<chat::Identity, HttpResponse> decide_upgrade(const HttpRequest& request,
                                                             Timestamp now) const;

 private:
  const HttpRoute* find(const std::string& path) const;
  bool is_trusted(const HttpRequest& request) const;

  void create_guest(const HttpRequest& request, Executor& thread, HttpResponder respond) const;
  void issue_ticket(const HttpRequest& request, Executor& thread, HttpResponder respond) const;
  HttpResponse capabilities(const HttpRequest& request) const;
  HttpResponse metrics() const;
  HttpResponse readiness() const;

  ServerState& state_;
  std::vector<HttpRoute> routes_;
};

}  // namespace parlance::signaling
