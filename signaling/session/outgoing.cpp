#include "signaling/session/outgoing.h"

#include <algorithm>
#include <utility>

namespace parlance::signaling {

namespace {

std::string numbered(std::uint64_t s, const SharedEvent& event) {
  std::string text = R"({"s":)";
  text += std::to_string(s);
  text += ',';
  text += event.tail;
  return text;
}

}  // namespace

void Outgoing::push(std::string text, const SessionLog& log) {
  bytes_ += text.size();
  items_.push_back({log.last(), false, std::move(text)});
  if (congested()) {
    drop_ephemerals();
  }
}

bool Outgoing::push_ephemeral(const SharedEvent& event, const SessionLog& log) {
  // What waits in the log counts as well: its reader is behind, whichever queue is long.
  if (congested() || log.last() - sent_ > limits_.items / 2) {
    drop_ephemerals();
    return false;
  }
  bytes_ += event.tail.size() + 1;
  items_.push_back({log.last(), true, "{" + event.tail});
  return true;
}

bool Outgoing::next_frame(const SessionLog& log, std::string& frame) {
  frame.clear();
  for (;;) {
    const bool item_is_due = !items_.empty() && items_.front().after <= sent_;
    if (!item_is_due && sent_ == log.last()) {
      return !frame.empty();
    }
    const std::size_t size =
        item_is_due ? items_.front().text.size() : log.at(sent_ + 1).tail.size();
    if (!frame.empty()) {
      if (frame.size() + size > limits_.coalesce_bytes) {
        return true;
      }
      frame += '\n';
    }
    if (item_is_due) {
      frame += items_.front().text;
      bytes_ -= items_.front().text.size();
      items_.pop_front();
    } else {
      ++sent_;
      frame += numbered(sent_, log.at(sent_));
    }
  }
}

void Outgoing::restart_after(std::uint64_t s) {
  items_.clear();
  bytes_ = 0;
  sent_ = s;
}

void Outgoing::resume_after(std::uint64_t s,
                            std::string answer,
                            std::string closing,
                            const SessionLog& log) {
  restart_after(s);
  bytes_ = answer.size() + closing.size();
  items_.push_back({s, false, std::move(answer)});
  items_.push_back({log.last(), false, std::move(closing)});
}

bool Outgoing::congested() const {
  return bytes_ > std::min(limits_.bytes / 2, limits_.congested_bytes) ||
         items_.size() > limits_.items / 2;
}

void Outgoing::drop_ephemerals() {
  std::erase_if(items_, [this](const Item& item) {
    if (item.ephemeral) {
      bytes_ -= item.text.size();
    }
    return item.ephemeral;
  });
}

}  // namespace parlance::signaling
