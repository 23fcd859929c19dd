/*
 * main.c - switchbackctl, the operator's command; see ctl.c.
 */
#include "server/ctl/ctl.h"

int main(int argc, char **argv)
{
	return ctl_run(argc, argv, stdin, stdout, stderr);
}
