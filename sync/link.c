#include "sync/link.h"

#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>
#include <unistd.h>

#define DRAIN_MAX 1000 /* messages; more are for the next time */

int link_open(void)
{
    const struct sockaddr_nl address = {.nl_family = AF_NETLINK,
                                        .nl_groups = RTMGRP_IPV4_IFADDR | RTMGRP_IPV6_IFADDR |
                                                     RTMGRP_IPV4_ROUTE | RTMGRP_IPV6_ROUTE};
    int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_ROUTE);
    if (fd < 0)
        return -1;
    if (bind(fd, (const struct sockaddr *)&address, sizeof(address)) == 0)
        return fd;
    close(fd);
    return -1;
}

/* What exactly has changed does not matter; an overrun (ENOBUFS) is a change too. */
void link_drain(int fd)
{
    char scratch[8192];
    for (int i = 0; i < DRAIN_MAX && recv(fd, scratch, sizeof(scratch), 0) > 0; i++)
        continue;
}

void link_close(int fd)
{
    if (fd >= 0)
        close(fd);
}
