// interop_peer client HOST:PORT | interop_peer server
#include <cstdio>
#include <cstring>

int RunClient(const char* address);
int RunServer();

int main(int argc, char** argv) {
  if (argc == 3 && std::strcmp(argv[1], "client") == 0) {
    return RunClient(argv[2]);
  }
  if (argc == 2 && std::strcmp(argv[1], "server") == 0) {
    return RunServer();
  }
  std::fprintf(stderr, "usage: interop_peer client HOST:PORT | interop_peer server\n");
  return 2;
}
