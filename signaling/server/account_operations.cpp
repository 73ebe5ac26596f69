#include "chat/service/account_service.h"
#include "signaling/protocol/chat_json.h"
#include "signaling/server/operations.h"
#include "signaling/server/server_state.h"

namespace parlance::signaling::ops {

namespace {

chat::AccountService& accounts_of(const Request& request) {
  return *request.thread.state().dependencies.accounts;
}

}  // namespace

void device_list(const Request& request) {
  accounts_of(request).list_devices(
      user_of(request),
      request.thread.executor(),
      [&thread = request.thread,
       asker = request.asker,
       own = request.hosted.session.identity().device](
          std::expected<std::vector<chat::DeviceState>, chat::ChatError> devices) {
        if (!devices) {
          return thread.sessions().refuse(asker, to_problem(devices.error()));
        }
        thread.sessions().answer(asker, write_json(devices_json(*devices, own)));
      });
}

// Of this device itself nobody hears the answer: its sessions are over then.
void device_logout(const Request& request) {
  accounts_of(request).sign_out(user_of(request),
                                id_of<chat::DeviceId>(request, "device"),
                                request.thread.executor(),
                                chat_answer<void>(request));
}

void user_search(const Request& request) {
  accounts_of(request).find_users(request.d["q"].get<std::string>(),
                                  request.thread.executor(),
                                  chat_answer<std::vector<chat::FoundUser>>(request));
}

}  // namespace parlance::signaling::ops
