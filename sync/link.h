#ifndef HUILIU_SYNC_LINK_H
#define HUILIU_SYNC_LINK_H
/*
 * A sign that the network of this computer has changed: an address or a route has come or gone
 * (rtnetlink(7)). Whoever was offline tries again then instead of at the end of its pause. It says
 * nothing about whether the upstream can be reached.
 *
 *     int fd = link_open();          // -1: this system does not tell; then there is no sign
 *     poll(fd) … readable: link_drain(fd);
 *     link_close(fd);
 */

int link_open(void);
void link_drain(int fd);
void link_close(int fd);

#endif
